//! What proving came to, told: a table, stories of what nobody noticed, and the score.

use super::{ApiProof, Flaw, Judged, Proof};
use probity_fixtures::Requirement;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::time::Duration;

/// The form of the JSON, which only ever gains members.
pub const SCHEMA: &str = "probity.proof/1";

/// For people.
pub fn as_text(proof: &Proof, took: Duration) -> String {
    let mut page = String::new();
    for api in &proof.apis {
        table(&mut page, api);
    }
    for api in &proof.apis {
        for flaw in &api.flaws {
            let _ = writeln!(page, "✗ {flaw}");
            if let Flaw::Survivor { mutant } = flaw
                && let Some(judged) = api.mutants.iter().find(|judged| judged.mutant == *mutant)
            {
                page += &story(judged);
            }
        }
    }
    if !proof.is_sound() {
        page.push('\n');
    }
    for api in proof.apis.iter().filter(|api| !api.mutants.is_empty() || !api.nulls.is_empty()) {
        let _ = writeln!(page, "{}", score(api));
    }
    let flaws: usize = proof.apis.iter().map(|api| api.flaws.len()).sum();
    let seconds = took.as_secs_f64();
    let _ = match flaws {
        0 => writeln!(page, "sound · {seconds:.1} s · exit 0"),
        1 => writeln!(page, "not sound: 1 flaw · {seconds:.1} s · exit 1"),
        flaws => writeln!(page, "not sound: {flaws} flaws · {seconds:.1} s · exit 1"),
    };
    page
}

/// How many mutants break a requirement, how many of them are noticed by it, and in how many cases. Those listed as
/// equivalent count here as little as in the score.
struct Row {
    requirement: &'static Requirement,
    mutants: usize,
    noticed: usize,
    cases: usize,
}

fn rows(api: &ApiProof) -> Vec<Row> {
    let row = |requirement: &&'static Requirement| {
        let counted = |judged: &&Judged| !is_equivalent(api, judged);
        let breaking = || api.mutants.iter().filter(|judged| judged.breaks.contains(requirement)).filter(counted);
        let kills = || breaking().flat_map(|judged| &judged.kills).filter(|kill| kill.requirement == requirement.id);
        let count = |ids: Vec<&str>| ids.into_iter().collect::<std::collections::BTreeSet<_>>().len();
        Row {
            requirement,
            mutants: breaking().count(),
            noticed: count(kills().map(|kill| kill.mutant.as_str()).collect()),
            cases: count(kills().map(|kill| kill.case.as_str()).collect()),
        }
    };
    api.suite.api.requirements.iter().map(row).filter(|row| row.mutants > 0).collect()
}

fn table(page: &mut String, api: &ApiProof) {
    let rows = rows(api);
    if rows.is_empty() {
        return;
    }
    let width = rows.iter().map(|row| row.requirement.id.len()).max().unwrap_or_default();
    let title = "mutants that break it, noticed by it, in cases";
    let _ = writeln!(page, "{:8}{:width$}  {title}", "level", "requirement");
    for Row { requirement, mutants, noticed, cases } in rows {
        let sign = if noticed == mutants { "" } else { "  ✗" };
        let _ =
            writeln!(page, "{:8}{:width$}  {mutants:7} {noticed:7} {cases:7}{sign}", requirement.level, requirement.id);
    }
    page.push('\n');
}

/// What was broken, which cases ran, and why none of them noticed.
fn story(judged: &Judged) -> String {
    let mut story = format!("    broken   {}\n", judged.says);
    for requirement in &judged.breaks {
        let _ = writeln!(story, "             {} ({}): {}", requirement.id, requirement.level, requirement.says);
    }
    let judges: Vec<_> = judged.ran.iter().filter(|ran| ran.judges).collect();
    for (number, ran) in judges.iter().enumerate() {
        let head = if number == 0 { "ran" } else { "" };
        let stop = ran.stop.as_ref().map(|stop| format!(": {stop}")).unwrap_or_default();
        let _ = writeln!(story, "    {head:8} {} is {}{stop}", ran.case, ran.verdict);
    }
    let why = match () {
        () if judges.is_empty() => "no case asserts what it breaks: write one".to_owned(),
        () if judged.never_came_up => "none of these cases gets an answer that it changes: have one ask for it".to_owned(),
        () if judges.iter().all(|ran| ran.stop.is_some()) => {
            "each of these cases ended before it could look: have one come by what it needs in another way".to_owned()
        }
        () => "what these cases assert holds of such a server too: have one look more closely; or if nobody can tell it from the right one, list it as equivalent, with the reason".to_owned(),
    };
    let _ = writeln!(story, "    why      {why}");
    story
}

fn score(api: &ApiProof) -> String {
    let deviations = api.mutants.iter().filter(|judged| judged.is_deviation).count();
    let changes = api.mutants.len() - deviations;
    let noticed = api.mutants.iter().filter(|judged| judged.is_noticed()).count();
    let equivalent = api.mutants.iter().filter(|judged| is_equivalent(api, judged)).count();
    let counted = api.mutants.len() - equivalent;
    let percent = if counted == 0 { 100.0 } else { 100.0 * noticed as f64 / counted as f64 };
    let mut score = format!(
        "{}: {noticed} of {counted} mutants noticed, {percent:.0} % (changes of answers: {changes}, deviations: {deviations}, equivalent: {equivalent})",
        api.suite.api.name
    );
    if !api.nulls.is_empty() {
        let passing = api.nulls.iter().filter(|(_, cases)| !cases.is_empty()).count();
        let passing = if passing == 0 { "nothing passes".to_owned() } else { format!("{passing} let something pass") };
        let _ = write!(score, "; of {} targets that prove nothing, {passing}", api.nulls.len());
    }
    score
}

/// Whether nobody notices a mutant, and that is as it is listed.
fn is_equivalent(api: &ApiProof, judged: &Judged) -> bool {
    let survives = |flaw: &Flaw| matches!(flaw, Flaw::Survivor { mutant } if *mutant == judged.mutant);
    !judged.is_noticed() && !api.flaws.iter().any(survives)
}

/// For programs.
pub fn as_json(proof: &Proof, took: Duration) -> Value {
    let api = |api: &ApiProof| {
        let mutant = |judged: &Judged| {
            let kill = |kill: &super::Kill| json!({ "case": kill.case, "requirement": kill.requirement });
            json!({
                "id": judged.mutant,
                "says": judged.says,
                "kind": if judged.is_deviation { "deviation" } else { "change" },
                "breaks": judged.breaks.iter().map(|requirement| requirement.id).collect::<Vec<_>>(),
                "noticed": judged.kills.iter().map(kill).collect::<Vec<_>>(),
                "cases": judged.ran.len(),
            })
        };
        let row = |row: Row| {
            json!({
                "id": row.requirement.id,
                "level": row.requirement.level.as_str(),
                "mutants": row.mutants,
                "noticed": row.noticed,
                "cases": row.cases,
            })
        };
        let null = |(target, cases): &(String, Vec<String>)| json!({ "id": target, "passed": cases });
        let flaw = |flaw: &Flaw| json!({ "kind": flaw.kind(), "says": flaw.to_string() });
        json!({
            "api": api.suite.api.name,
            "mutants": api.mutants.iter().map(mutant).collect::<Vec<_>>(),
            "requirements": rows(api).into_iter().map(row).collect::<Vec<_>>(),
            "nulls": api.nulls.iter().map(null).collect::<Vec<_>>(),
            "flaws": api.flaws.iter().map(flaw).collect::<Vec<_>>(),
        })
    };
    let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    json!({
        "schema": SCHEMA,
        "sound": proof.is_sound(),
        "millis": millis,
        "apis": proof.apis.iter().map(api).collect::<Vec<_>>(),
    })
}
