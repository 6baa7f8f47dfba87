//! The clock, the faults and the reset.

use maud::{Markup, html};

use super::layout::{back_to, field, frame};
use crate::call::Call;
use crate::clock::{day_of, readable};
use crate::faults::{Faults, Mishap, VendorFaults};
use crate::limits::LimitSizes;
use crate::server::Shared;

/// `/clock`.
pub fn render(shared: &Shared, call: &Call) -> Option<Markup> {
    let faults = shared.world().faults.clone();
    let content = html! { (clock(call)) (fault_form(&faults)) (rules(&faults)) (reset()) };
    Some(frame(shared, call, "Clock & faults", &content))
}

fn clock(call: &Call) -> Markup {
    let tomorrow = (day_of(call.now_ms) + chrono::Days::new(1)).to_string();
    let step = |by: &str, words: &str| {
        html! { form method="post" action="/sandbox/clock" { (back_to("/clock")) input type="hidden" name="by" value=(by); button { (words) } } }
    };
    html! {
        section aria-labelledby="clock" {
            h2 id="clock" { "Clock" }
            div.item {
                p { "It is " strong { (readable(call.now_ms)) } " UTC for the portal and for the sandbox." }
                div.row style="margin-top:10px" { (step("day", "Move on by a day")) (step("month_end", "Move on to the month's end")) }
                form method="post" action="/sandbox/clock" {
                    (back_to("/clock"))
                    div.fields {
                        (field("clock-to", "Date", &html! { input id="clock-to" name="to" type="date" value=(tomorrow) required; }))
                        button.main { "Move on to this date" }
                    }
                }
            }
        }
    }
}

fn count(name: &str, label: &str, value: &str) -> Markup {
    let id = name.replace(['.', '_'], "-");
    field(
        &id,
        label,
        &html! { input id=(id) name=(name) type="number" min="0" value=(value); },
    )
}

fn switch(name: &str, label: &str, on: bool) -> Markup {
    let id = name.replace(['.', '_'], "-");
    field(
        &id,
        label,
        &html! {
            select id=(id) name=(name) { option value="false" selected[!on] { "off" } option value="true" selected[on] { "on" } }
        },
    )
}

fn vendor(key: &str, title: &str, faults: &VendorFaults, kinds: &[&str]) -> Markup {
    let name = |field: &str| format!("{key}.{field}");
    let kind_id = format!("{key}-too-many-kind");
    html! {
        fieldset {
            legend { (title) }
            div.fields {
                (count(&name("error_percent"), "Errors, %", &faults.error_percent.to_string()))
                (count(&name("latency_ms"), "Latency, ms", &faults.latency_ms.to_string()))
                (count(&name("drop_after"), "Cut after the work, next", &faults.drop_after.to_string()))
                (count(&name("drop_before"), "Cut before the work, next", &faults.drop_before.to_string()))
                (count(&name("garbled"), "Answers cut in half, next", &faults.garbled.to_string()))
                (count(&name("too_many_requests"), "429, next", &faults.too_many_requests.to_string()))
                @if !kinds.is_empty() {
                    (field(&kind_id, "429 because of", &html! {
                        select id=(kind_id) name=(name("too_many_kind")) {
                            @for kind in kinds { option value=(kind) selected[*kind == faults.too_many_kind] { (kind) } }
                        }
                    }))
                }
                (switch(&name("token_revoked"), "Token revoked", faults.token_revoked))
                (switch(&name("limits_enforced"), "Rate limits enforced", faults.limits_enforced))
            }
        }
    }
}

fn fault_form(faults: &Faults) -> Markup {
    let webhooks = &faults.webhooks;
    html! {
        section aria-labelledby="faults" {
            h2 id="faults" { "Faults" }
            form method="post" action="/sandbox/faults" {
                (back_to("/clock#faults"))
                (vendor("hubspot", "HubSpot", &faults.hubspot, &["", "ten_secondly", "secondly", "daily"]))
                fieldset {
                    legend { "HubSpot's search, batches and scopes" }
                    div.fields {
                        (count("search_lag_ms", "Index lag, ms", &faults.search_lag_ms.to_string()))
                        (count("batch_inputs_failing", "Batches with an input that fails, next", &faults.batch_inputs_failing.to_string()))
                        div.field.wide {
                            label for="missing-scopes" { "Scopes that the apps lack" }
                            input id="missing-scopes" name="missing_scopes" value=(faults.missing_scopes);
                        }
                    }
                }
                (vendor("xero", "Xero", &faults.xero, &["", "minute", "day", "concurrent"]))
                (vendor("slack", "Slack", &faults.slack, &[]))
                (limits(&faults.limits))
                fieldset {
                    legend { "Webhooks" }
                    div.fields {
                        (count("webhooks.drop_percent", "Dropped, %", &webhooks.drop_percent.to_string()))
                        (count("webhooks.double_percent", "Doubled, %", &webhooks.double_percent.to_string()))
                        (count("webhooks.delay_ms", "Delayed, ms", &webhooks.delay_ms.to_string()))
                        (count("webhooks.shuffle_ms", "Shuffled within, ms", &webhooks.shuffle_ms.to_string()))
                    }
                }
                fieldset {
                    legend { "Mail" }
                    div.fields {
                        (switch("mail.closed", "421 to whoever comes", faults.mail.closed))
                        (count("mail.refuse_for_now", "451, next", &faults.mail.refuse_for_now.to_string()))
                        (count("mail.refuse_for_good", "550, next", &faults.mail.refuse_for_good.to_string()))
                        (count("mail.refuse_content", "554, next", &faults.mail.refuse_content.to_string()))
                        (count("mail.latency_ms", "Latency, ms", &faults.mail.latency_ms.to_string()))
                    }
                }
                button.main { "Set faults" }
            }
        }
    }
}

/// How much the limits allow where they are enforced.
fn limits(sizes: &LimitSizes) -> Markup {
    let size = |name: &str, label: &str, value: usize| {
        count(&format!("limits.{name}"), label, &value.to_string())
    };
    html! {
        fieldset {
            legend { "What the limits allow" }
            div.fields {
                (size("hubspot_ten_seconds", "HubSpot in 10 seconds", sizes.hubspot_ten_seconds))
                (size("hubspot_window_ms", "HubSpot's 10 seconds, in ms", usize::try_from(sizes.hubspot_window_ms).unwrap_or(usize::MAX)))
                (size("hubspot_search", "HubSpot searches a second", sizes.hubspot_search))
                (size("hubspot_search_window_ms", "HubSpot's second for searches, in ms", usize::try_from(sizes.hubspot_search_window_ms).unwrap_or(usize::MAX)))
                (size("xero_minute", "Xero a minute", sizes.xero_minute))
                (size("xero_window_ms", "Xero's minute, in ms", usize::try_from(sizes.xero_window_ms).unwrap_or(usize::MAX)))
                (size("xero_day", "Xero a day", sizes.xero_day))
                (size("xero_in_flight", "Xero at once", sizes.xero_in_flight))
                (size("slack_second", "Slack a second and channel", sizes.slack_second))
            }
        }
    }
}

/// What goes wrong on certain paths alone.
fn rules(faults: &Faults) -> Markup {
    html! {
        section aria-labelledby="rules" {
            h2 id="rules" { "Faults of single paths" }
            @for rule in &faults.rules {
                p {
                    (rule.system) " " (rule.method) " …" (rule.path) "…: " strong { (rule.mishap.words()) }
                    @if rule.after > 0 { ", after " (rule.after) }
                    ", the next " (rule.times)
                }
            }
            form.item method="post" action="/sandbox/faults/rules" {
                (back_to("/clock#rules"))
                div.fields {
                    (field("rule-system", "System", &html! {
                        select id="rule-system" name="system" { @for name in ["hubspot", "xero", "slack", "ipaas"] { option value=(name) { (name) } } }
                    }))
                    (field("rule-method", "Method", &html! {
                        select id="rule-method" name="method" {
                            option value="" { "any" }
                            @for name in ["GET", "POST", "PUT", "PATCH", "DELETE"] { option value=(name) { (name) } }
                        }
                    }))
                    div.field.wide { label for="rule-path" { "Part of the path" } input id="rule-path" name="path"; }
                    (field("rule-mishap", "What happens", &html! {
                        select id="rule-mishap" name="mishap" {
                            @for (mishap, words) in Mishap::ALL { option value=(mishap.name()) { (words) } }
                        }
                    }))
                    (field("rule-after", "After so many", &html! { input id="rule-after" name="after" type="number" min="0" value="0"; }))
                    (field("rule-times", "The next", &html! { input id="rule-times" name="times" type="number" min="1" value="1"; }))
                    button { "Add rule" }
                }
            }
            @if !faults.rules.is_empty() {
                form method="post" action="/sandbox/faults/rules/clear" {
                    (back_to("/clock#rules"))
                    button.plain { "Remove all rules" }
                }
            }
        }
    }
}

fn reset() -> Markup {
    html! {
        section aria-labelledby="reset" {
            h2 id="reset" { "Reset" }
            form.item method="post" action="/sandbox/reset" {
                (back_to("/clock"))
                p { "Forgets all records, invoices, mails, messages and faults of the sandbox. The portal keeps what it knows." }
                button style="margin-top:10px" { "Reset the sandbox" }
            }
        }
    }
}
