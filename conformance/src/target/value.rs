//! A value of the configuration: a literal, or where it is to be taken from.

use std::process::{Command, Stdio};
use toml::Value;

/// A value with `{ env = "NAME" }` and `{ command = "…" }` replaced by what they stand for.
///
/// # Errors
/// A sentence that says what could not be had.
pub(super) fn resolved(value: &Value) -> Result<Value, String> {
    let Some(table) = value.as_table() else { return Ok(value.clone()) };
    let mut members = table.iter();
    match (members.next(), members.next()) {
        (Some((key, Value::String(name))), None) if key == "env" => {
            let text = std::env::var(name).map_err(|error| match error {
                std::env::VarError::NotPresent => format!("the environment variable {name} is not set"),
                std::env::VarError::NotUnicode(_) => format!("the environment variable {name} is not UTF-8"),
            })?;
            Ok(Value::String(text))
        }
        (Some((key, Value::String(command))), None) if key == "command" => output_of(command).map(Value::String),
        _ => Ok(value.clone()),
    }
}

/// Whether only a command would tell it.
pub(super) fn is_command(value: &Value) -> bool {
    value.as_table().is_some_and(|table| table.len() == 1 && table.contains_key("command"))
}

/// What a shell command prints, without the line's end. It asks and complains where the run does: what it may tell of a
/// secret goes into no message of ours.
fn output_of(command: &str) -> Result<String, String> {
    let output = Command::new("sh").args(["-c", command]).stdin(Stdio::inherit()).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| format!("the command `{command}` could not be run: {error}"))?;
    if !output.status.success() {
        return Err(format!("the command `{command}` ended with {}; what it said stands above", output.status));
    }
    let text = String::from_utf8(output.stdout).map_err(|_| format!("the command `{command}` printed no UTF-8"))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
