//! An exchange as it went over the wire, and the line that repeats it.

use crate::report::ExchangeReport;
use maud::{Markup, html};

/// How much of a body is shown, in characters. The JSON report has more of it.
const BODY_SHOWN: usize = 4_000;

pub(super) fn exchange(exchange: &ExchangeReport) -> Markup {
    let ExchangeReport { label, request, response, error, millis, curl } = exchange;
    html! {
        div.exchange {
            figure {
                figcaption { "Sent: " (label) }
                pre { b { (request.method) " " (readable(&request.url)) } "\n" (message(&request.headers, &request.body)) }
            }
            figure {
                figcaption { (if response.is_some() { "Answered after " } else { "No answer after " }) (millis) " ms" }
                @match response {
                    Some(response) => pre { b { (response.status) } "\n" (message(&response.headers, &response.body)) },
                    None => pre { b { (readable(error.as_deref().unwrap_or("no response"))) } },
                }
            }
        }
        figure.shell {
            figcaption { "To repeat it, with the variables set" }
            pre { code { (readable(curl)) } }
        }
    }
}

fn message(headers: &[(String, String)], body: &str) -> Markup {
    let rest = body.chars().count().saturating_sub(BODY_SHOWN);
    html! {
        @for (name, value) in headers { span.header { (readable(name)) ": " (readable(value)) } "\n" }
        @if !body.is_empty() {
            "\n" (readable(&body.chars().take(BODY_SHOWN).collect::<String>()))
            @if rest > 0 { span.header { "\n… and " (rest) " characters more" } }
        }
    }
}

/// Text of several lines, without the letters that HTML cannot hold.
fn readable(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() && !"\n\t".contains(letter) { '�' } else { letter }).collect()
}
