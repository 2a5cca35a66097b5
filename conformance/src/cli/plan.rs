//! `--plan`: what a run would send, how many requests, how long that takes, and what would enable the rest. It opens no
//! connection, and runs no command of the configuration.

use crate::case::Effect;
use crate::cost;
use crate::plan::{Aim, Job, Plan};
use anstyle::Style;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

/// The plan, for people.
pub(super) fn as_text(plan: &Plan) -> String {
    let mut page = format!("{} {}\n", bold("The plan of a run"), dim("· nothing is sent"));
    for aim in &plan.aims {
        let _ = writeln!(page, "{} {}", dim(format!("{} at", aim.suite().api.name)), place(aim));
        if let Aim::External(target) = &**aim {
            let allowed = match words(&target.allow).as_str() {
                "" => "reading, and no more".to_owned(),
                effects => format!("reading, {effects}"),
            };
            let pace = match target.pace.rate() {
                Some(rate) => format!("at most {rate} requests a minute"),
                None => "as fast as the answers come: no `rate` is set".to_owned(),
            };
            let _ = writeln!(page, "  allowed: {allowed}\n  pace:    {pace}");
        }
    }
    let mut section = ("", "");
    let played = || plan.jobs.iter().filter(|job| job.skip.is_none());
    for job in played() {
        let of_job = (job.aim.suite().api.name, job.case.section());
        if of_job != section {
            section = of_job;
            let _ = writeln!(page, "\n{} {}", bold(section.1), dim(format!("· {}", section.0)));
        }
        let count = cost::requests(&job.case.id).map_or("?".to_owned(), |count| count.to_string());
        let effects = words(job.effects());
        let _ = writeln!(page, "  {count:>4}  {}{}", job.case.id, dim(format!("  {effects}").trim_end()));
    }
    write_skipped(&mut page, plan);
    write_sums(&mut page, plan);
    page
}

/// What is not played, by what would enable it.
fn write_skipped(page: &mut String, plan: &Plan) {
    let mut skipped: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for job in &plan.jobs {
        if let Some(reason) = &job.skip {
            skipped.entry(reason).or_default().push(&job.case.id);
        }
    }
    for (place, (reason, cases)) in skipped.into_iter().enumerate() {
        if place == 0 {
            let _ = writeln!(page, "\n{}", bold("Skipped"));
        }
        let _ = writeln!(page, "  {reason}");
        for case in cases {
            let _ = writeln!(page, "        {}", dim(case));
        }
    }
}

fn write_sums(page: &mut String, plan: &Plan) {
    let played: Vec<&Job> = plan.jobs.iter().filter(|job| job.skip.is_none()).collect();
    let (cases, skipped) = (counted(played.len(), "case"), plan.jobs.len() - played.len());
    let _ =
        writeln!(page, "\n{cases}, about {}; {skipped} skipped", counted(requests(played.iter().copied()), "request"));
    for effect in Effect::ALL {
        let count = played.iter().filter(|job| job.effects().contains(&effect)).count();
        if count > 0 {
            let _ = writeln!(page, "  {:10}{}: {}", effect.as_str(), counted(count, "case"), effect.says());
        }
    }
    let deployments = plan.aims.iter().any(|aim| matches!(**aim, Aim::External(_)));
    match at_least(plan) {
        Some(time) => {
            let _ = writeln!(page, "at this pace {} or longer", humantime::format_duration(time));
        }
        None if deployments => {
            let _ = writeln!(page, "as long as the answers take");
        }
        None => {}
    }
    if deployments {
        let _ =
            writeln!(page, "{}", dim("Counted against the embedded server: a slow deployment is asked more often."));
    }
}

/// The plan, for programs.
pub(super) fn as_json(plan: &Plan) -> String {
    let target = |aim: &Aim| match aim {
        Aim::Embedded { suite, .. } => json!({ "api": suite.api.name, "url": null, "rate": null, "allow": ["all"] }),
        Aim::External(target) => json!({
            "api": target.suite.api.name,
            "url": place(aim),
            "rate": target.pace.rate(),
            "allow": target.allow.iter().map(|effect| effect.as_str()).collect::<Vec<_>>(),
        }),
    };
    let case = |job: &Job| {
        json!({
            "id": job.case.id,
            "api": job.aim.suite().api.name,
            "section": job.case.section(),
            "effects": job.effects().iter().map(|effect| effect.as_str()).collect::<Vec<_>>(),
            "requests": cost::requests(&job.case.id),
            "skip": job.skip,
        })
    };
    let planned: Value = json!({
        "schema": "probity.plan/1",
        "targets": plan.aims.iter().map(|aim| target(aim)).collect::<Vec<_>>(),
        "cases": plan.jobs.iter().map(case).collect::<Vec<_>>(),
        "requests": requests(plan.jobs.iter().filter(|job| job.skip.is_none())),
        "seconds": at_least(plan).map(|time| time.as_secs()),
    });
    format!("{planned:#}\n")
}

fn requests<'a>(jobs: impl Iterator<Item = &'a Job>) -> usize {
    jobs.filter_map(|job| cost::requests(&job.case.id)).sum()
}

/// How long the slowest of the targets takes, by its rate alone: they are asked side by side.
fn at_least(plan: &Plan) -> Option<Duration> {
    let time_for = |aim: &Aim| {
        let Aim::External(target) = aim else { return None };
        let of_aim = plan.jobs.iter().filter(|job| job.skip.is_none() && std::ptr::eq(&*job.aim, aim));
        let waits = u32::try_from(requests(of_aim).saturating_sub(1)).ok()?;
        // Whole seconds, and not one too few.
        Some(Duration::from_secs((target.pace.distance()? * waits).as_secs_f64().ceil() as u64))
    };
    plan.aims.iter().filter_map(|aim| time_for(aim)).max()
}

fn place(aim: &Aim) -> String {
    match aim {
        Aim::Embedded { .. } => "the embedded reference server".to_owned(),
        Aim::External(target) => target.secrets().mask(target.url.as_str()),
    }
}

fn words(effects: &[Effect]) -> String {
    effects.iter().map(|effect| effect.as_str()).collect::<Vec<_>>().join(", ")
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn bold(text: &str) -> String {
    let style = Style::new().bold();
    format!("{style}{text}{style:#}")
}

fn dim(text: impl std::fmt::Display) -> String {
    let style = Style::new().dimmed();
    format!("{style}{text}{style:#}")
}
