//! Pages of lists.

use super::error::Refusal;
use crate::query::parameter;
use axum::http::StatusCode;
use serde_json::{Value, json};

/// How many entries a page has unless asked otherwise, and at most.
const USUAL: usize = 25;
const LARGEST: usize = 100;

/// The part of a list that a query asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page {
    /// From 1.
    number: usize,
    size: usize,
}

impl Page {
    pub(super) fn read(query: &str) -> Result<Self, Refusal> {
        let asked = |name: &str, default| match parameter(query, name) {
            None => Ok(default),
            Some(text) => text.parse().ok().filter(|number: &usize| *number > 0).ok_or_else(|| no_number(name)),
        };
        Ok(Self { number: asked("page", 1)?, size: asked("per_page", USUAL)?.min(LARGEST) })
    }

    /// The entries that are on it.
    pub(super) fn of<'a, T>(&self, all: &'a [T]) -> &'a [T] {
        let start = (self.number - 1).saturating_mul(self.size).min(all.len());
        &all[start..all.len().min(start.saturating_add(self.size))]
    }

    /// What is told of it beside them.
    pub(super) fn meta(&self, total: usize) -> Value {
        json!({
            "current_page": self.number,
            "per_page": self.size,
            "total_pages": total.div_ceil(self.size),
            "total_count": total,
        })
    }
}

fn no_number(name: &str) -> Refusal {
    Refusal::error(StatusCode::BAD_REQUEST, &format!("{name} has to be a whole number from 1 on"))
}

/// What a parameter asks for, of the words that it may have; the first one unless asked otherwise.
pub(super) fn one_of<'a>(query: &str, name: &str, words: &[&'a str]) -> Result<&'a str, Refusal> {
    let asked = parameter(query, name);
    let word = words.iter().find(|word| asked.as_deref().is_none_or(|asked| asked == **word));
    let error = || format!("{name} has to be one of {}", words.join(", "));
    word.copied().ok_or_else(|| Refusal::error(StatusCode::BAD_REQUEST, &error()))
}
