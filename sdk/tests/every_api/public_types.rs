//! Which types an API's module makes public, read from its source: a list of them cannot be held against anything else.

use std::any::type_name;
use std::collections::BTreeSet;
use std::fmt::Debug;

/// The names after `pub use` in the source of a module, but for those of modules and functions, and of what this build
/// leaves out, by `has_feature`.
pub(crate) fn public_types(module: &str, has_feature: fn(&str) -> bool) -> BTreeSet<&str> {
    let statements = module.split(';').filter_map(|statement| statement.split_once("pub use "));
    let built = statements.filter(|(before, _)| {
        let mut features = before.split("feature = \"").skip(1).filter_map(|feature| feature.split('"').next());
        features.all(has_feature)
    });
    let names = built.flat_map(|(_, names)| names.split(|character: char| !character.is_alphanumeric()));
    names.filter(|name| name.starts_with(|first: char| first.is_uppercase())).collect()
}

/// The name of a value's type, and what its `Debug` form shows.
pub(crate) fn shown_as<T: Debug>(value: &T) -> (&'static str, String) {
    let name = type_name::<T>().split('<').next().unwrap_or_default();
    (name.rsplit("::").next().unwrap_or_default(), format!("{value:?} {value:#?} "))
}
