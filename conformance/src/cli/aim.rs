//! What a run is aimed at, and what is known of it: from flags, a file and the environment.

use super::{RunArgs, TargetArgs, Unusable};
use crate::SUITES;
use crate::known::Known;
use crate::plan::Aim;
use crate::suite::Suite;
use crate::target::{ConfigError, Settings, meant, read_environment, read_file};
use probity_fixtures::{Api, Release};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::SystemTime;

/// The settings of deployments, by their API.
pub(super) type Targets = BTreeMap<&'static str, Settings>;

/// The deployments to run against, and a first line that says where they were taken from if no flag names them.
pub(super) fn external_targets(
    arguments: &TargetArgs,
    suites: &[&'static Suite],
) -> Result<(Targets, Option<String>), ConfigError> {
    let mut targets = match &arguments.config {
        Some(file) => read_file(file, SUITES)?,
        None => BTreeMap::new(),
    };
    let mut flagged = Vec::new();
    for target in &arguments.target {
        // What follows the `=` may hold a password, and is not repeated.
        let (api, url) = target.split_once('=').unwrap_or_default();
        let Some(suite) = SUITES.iter().find(|suite| suite.api.name == api) else {
            let names = || SUITES.iter().map(|suite| suite.api.name);
            let known = names().collect::<Vec<_>>().join(", ");
            let what = format!("API=URL was expected, with an API out of: {known}{}", meant(api, names()));
            return Err(ConfigError::new("--target", what));
        };
        if flagged.contains(&api) {
            return Err(ConfigError::new("--target", format!("{api} is given twice; one run has one target per API")));
        }
        flagged.push(api);
        targets.entry(suite.api.name).or_default().set("url", url, &format!("--target {api}"));
    }
    let named = arguments.config.is_some() || !arguments.target.is_empty();
    let mut said = None;
    for suite in suites {
        let from_environment = read_environment(suite)?;
        match targets.get_mut(suite.api.name) {
            Some(settings) => settings.fill_from(from_environment),
            None if !named && from_environment.names_a_target() => {
                let variable = format!("PROBITY_{}_URL", suite.api.name.to_uppercase());
                said = Some(format!("running against the deployments that the environment names, by {variable}\n"));
                targets.insert(suite.api.name, from_environment);
            }
            None => {}
        }
    }
    targets.retain(|api, _| suites.iter().any(|suite| suite.api.name == *api));
    if named && targets.is_empty() {
        let place = arguments.config.as_ref().map_or("--target".to_owned(), |file| file.display().to_string());
        return Err(ConfigError::new(place, "it names no deployment of the APIs of this run"));
    }
    for settings in targets.values_mut() {
        if let Some(timeout) = &arguments.timeout {
            settings.set("timeout", timeout.as_str(), "--timeout");
        }
    }
    Ok((targets, said))
}

/// The same, allowed what the flags allow; for a plan, with a stand-in for what only a command would tell.
pub(super) fn as_flagged(arguments: &RunArgs, targets: &mut Targets, suites: &[&'static Suite]) {
    for (api, settings) in targets {
        if !arguments.allow.is_empty() {
            settings.set("allow", arguments.allow.join(","), "--allow");
        }
        let suite = suites.iter().find(|suite| suite.api.name == *api);
        if let (true, Some(suite)) = (arguments.plan, suite) {
            *settings = std::mem::take(settings).without_commands(suite);
        }
    }
}

/// The releases that the embedded servers are to behave as.
pub(super) fn releases(
    arguments: &RunArgs,
    suites: &[&'static Suite],
    embedded: bool,
) -> Result<Vec<&'static Release>, Unusable> {
    if !embedded && !arguments.release.is_empty() {
        return Err("--release makes the embedded reference server depart; a deployment departs by itself".to_owned());
    }
    let release = |name: &String| {
        let all = || suites.iter().flat_map(|suite| suite.api.releases);
        all().find(|release| release.name == name).ok_or_else(|| {
            let known = all().map(|release| release.name).collect::<Vec<_>>().join(", ");
            format!("--release {name}: no such release of this run's APIs was recorded; there are: {known}")
        })
    };
    arguments.release.iter().map(release).collect()
}

/// The deployments, or where there is none the embedded servers.
pub(super) fn aims(
    suites: &[&'static Suite],
    targets: Targets,
    releases: &[&'static Release],
) -> Result<Vec<Arc<Aim>>, ConfigError> {
    if targets.is_empty() {
        let embedded = suites.iter().map(|suite| {
            let of_api = releases.iter().filter(|release| suite.api.release(release.name).is_some());
            let deviations = of_api.flat_map(|release| release.departures).map(|departure| departure.deviation.id);
            Arc::new(Aim::deviating(suite, deviations.collect()))
        });
        return Ok(embedded.collect());
    }
    let external = suites.iter().filter_map(|suite| targets.get(suite.api.name).map(|settings| settings.target(suite)));
    external.map(|target| Ok(Arc::new(Aim::External(Arc::new(target?))))).collect()
}

/// The lists that the flags name, or else those that the targets' configuration names; and the one that is to be updated,
/// if it is there. A list may be about other APIs than those of this run.
pub(super) fn known(arguments: &RunArgs, aims: &[Arc<Aim>]) -> Result<Known, ConfigError> {
    let apis: Vec<&'static Api> = SUITES.iter().map(|suite| suite.api).collect();
    let cases: Vec<String> = SUITES.iter().flat_map(|suite| (suite.cases)()).map(|case| case.id.to_string()).collect();
    let configured = aims.iter().flat_map(|aim| match &**aim {
        Aim::External(target) => target.known.clone(),
        Aim::Embedded { .. } => Vec::new(),
    });
    let mut lists: Vec<String> =
        if arguments.known.is_empty() { configured.collect() } else { arguments.known.clone() };
    lists.extend(arguments.update_known.iter().filter(|file| file.exists()).map(|file| file.display().to_string()));
    let mut seen = BTreeSet::new();
    lists.retain(|list| seen.insert(list.clone()));
    let today = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    let mut known = Known::default();
    for list in &lists {
        known.add(list, &apis, &cases, today.get(..10).unwrap_or_default())?;
    }
    Ok(known)
}
