//! HubSpot's set-up as its administrator sees it: pipelines with their stages, and what is wanted of new records.

use maud::{Markup, html};

use super::layout::{back_to, field, field_of};
use crate::hubspot::{HubSpot, Kind, Pipeline, Stage};

/// All pipelines, each with the forms that change it, and one for a new one.
pub fn pipelines(hubspot: &HubSpot) -> Markup {
    html! {
        section aria-labelledby="pipelines" {
            h2 id="pipelines" { "Pipelines" }
            div.stack { @for pipeline in hubspot.live_pipelines() { (pipeline_card(pipeline)) } }
            form.item method="post" action="/sandbox/hubspot/pipelines" style="margin-top:12px" {
                (back_to("/hubspot#pipelines"))
                div.fields {
                    (field("new-pipeline", "New pipeline", &html! { input id="new-pipeline" name="label" required; }))
                    (field("new-pipeline-stage", "Its first stage", &html! { input id="new-pipeline-stage" name="stage" required; }))
                    (field("new-pipeline-probability", "Its probability", &probability("new-pipeline-probability", "0.1")))
                    button { "Make pipeline" }
                }
            }
        }
    }
}

fn pipeline_card(pipeline: &Pipeline) -> Markup {
    let base = format!("/sandbox/hubspot/pipelines/{}", pipeline.id);
    let id = |name: &str| format!("pipeline-{name}-{}", pipeline.id);
    let of = format!("of {}", pipeline.label);
    html! {
        article.item data-pipeline-id=(pipeline.id) {
            div.top { h3 { (pipeline.label) } span.soft { (pipeline.id) } }
            details {
                summary { "Stages of " (pipeline.label) }
                @for stage in pipeline.live_stages() { (stage_form(pipeline, stage)) }
                form method="post" action={ (base) "/stages" } {
                    (back_to("/hubspot#pipelines"))
                    div.fields {
                        (field_of(&id("stage"), "New stage", &of, &html! { input id=(id("stage")) name="label" required; }))
                        (field_of(&id("probability"), "Probability", &of, &probability(&id("probability"), "0.5")))
                        button { "Add stage to " (pipeline.label) }
                    }
                }
                form method="post" action=(base) {
                    (back_to("/hubspot#pipelines"))
                    div.fields {
                        (field_of(&id("label"), "Name", &of, &html! { input id=(id("label")) name="label" required value=(pipeline.label); }))
                        button { "Rename " (pipeline.label) }
                    }
                }
                form method="post" action={ (base) "/archive" } {
                    (back_to("/hubspot#pipelines"))
                    button.plain { "Archive " (pipeline.label) }
                }
            }
        }
    }
}

fn stage_form(pipeline: &Pipeline, stage: &Stage) -> Markup {
    let base = format!(
        "/sandbox/hubspot/pipelines/{}/stages/{}",
        pipeline.id, stage.id
    );
    let id = |name: &str| format!("{name}-{}-{}", pipeline.id, stage.id);
    html! {
        form method="post" action=(base) data-stage-id=(stage.id) {
            (back_to("/hubspot#pipelines"))
            div.fields {
                (field_of(&id("label"), "Stage", &format!("{} of {}", stage.label, pipeline.label), &html! {
                    input id=(id("label")) name="label" required value=(stage.label);
                }))
                (field_of(&id("chance"), "Probability", &format!("of {}", stage.label), &probability(&id("chance"), &stage.probability)))
                button { "Save " (stage.label) }
                button.plain formaction={ (base) "/archive" } { "Archive " (stage.label) }
            }
        }
    }
}

/// 1.0 is won, 0.0 is lost.
fn probability(id: &str, chosen: &str) -> Markup {
    let tenths = (0..=10).map(|tenth| format!("{}.{}", tenth / 10, tenth % 10));
    html! {
        select id=(id) name="probability" {
            @for value in tenths {
                option value=(value) selected[value == chosen] {
                    (value) @if value == "1.0" { ", won" } @else if value == "0.0" { ", lost" }
                }
            }
        }
    }
}

/// What an administrator wants of every new record.
pub fn settings(hubspot: &HubSpot) -> Markup {
    let names = |kind: Kind| {
        let required = hubspot.settings.required.get(&kind).into_iter().flatten();
        required.cloned().collect::<Vec<_>>().join(" ")
    };
    let on = hubspot.settings.companies_with_contacts;
    html! {
        section aria-labelledby="account" {
            h2 id="account" { "Account" }
            form.item method="post" action="/sandbox/hubspot/settings" {
                (back_to("/hubspot#account"))
                div.fields {
                    @for kind in [Kind::Deals, Kind::Companies, Kind::Contacts] {
                        @let id = format!("required-{}", kind.plural());
                        div.field.wide {
                            label for=(id) { "Required of new " (kind.plural()) }
                            input id=(id) name={ "required_" (kind.plural()) } value=(names(kind));
                        }
                    }
                    (field("companies-with-contacts", "Companies with contacts", &html! {
                        select id="companies-with-contacts" name="companies_with_contacts" {
                            option value="false" selected[!on] { "off" }
                            option value="true" selected[on] { "a new contact brings its company" }
                        }
                    }))
                    button { "Save account" }
                }
            }
        }
    }
}
