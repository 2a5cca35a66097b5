//! The ways to depart from Uptinio's document: a switch for each entry of the catalogue, off by default.

use crate::deviation::deviations;

deviations! {
    of probity_fixtures::uptinio::API;
}
