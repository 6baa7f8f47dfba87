//! What was sent to the iPaaS, how far each is, and sending once more.

use leptos::prelude::*;
use portal_domain::{access::Action, lead::LeadState, relay::DeliveryState};
use portal_services::relay::RelayView;
use portal_store::deliveries::ListedDelivery;

use super::RELAY_PATH;
use crate::{
    ui::{
        kit::{self, icons},
        pages::staff::{NOTHING, calls, form_errors, may},
    },
    web::page::Page,
};

const RESEND: &str = "resend_leads";

pub(super) fn table(page: &Page, view: &RelayView) -> AnyView {
    let words = &page.words;
    let title = words.text("relay-deliveries");
    if view.deliveries.is_empty() {
        let (none, text) = (
            words.text("relay-deliveries-none"),
            words.text("relay-deliveries-none-what"),
        );
        return view! {
            <section class="card flush"><header><h2>{title}</h2></header>{kit::empty(icons::INBOX, none, text, None)}</section>
        }
        .into_any();
    }
    let columns = [
        "relay-delivery-lead",
        "relay-delivery-sent",
        "relay-delivery-state",
    ];
    let columns = columns.map(|key| view! { <th scope="col">{words.text(key)}</th> });
    let rows = view.deliveries.iter().map(|listed| row(page, listed));
    view! {
        <section class="card flush">
            <header><h2>{title}</h2></header>
            <div class="table">
                <table class="cards">
                    <thead><tr>{columns.into_iter().collect_view()}<th scope="col"><span class="vh">{words.text("actions")}</span></th></tr></thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn row(page: &Page, listed: &ListedDelivery) -> AnyView {
    let words = &page.words;
    let delivery = &listed.delivery;
    let url = format!("/staff/leads/{}", delivery.lead);
    let sent = delivery.accepted_at.map_or_else(
        || NOTHING.into_any(),
        |at| {
            let again = (delivery.sends > 1).then(|| {
                let times = words.with("relay-delivery-times", &[("count", delivery.sends.into())]);
                view! { <small>{times}</small> }
            });
            view! { {kit::instant(page, at)}{again} }.into_any()
        },
    );
    let resend = may(page, Action::Operate).then(|| {
        let label = words.text("relay-resend");
        view! {
            <form method="post" action=RELAY_PATH>
                {calls("resend_lead")}
                <input type="hidden" name="lead" value=delivery.lead.to_string() />
                <button class="btn sm" aria-label=format!("{label}: {}", listed.client_name)>{label.clone()}</button>
            </form>
        }
    });
    view! {
        <tr data-lead=delivery.lead.to_string()>
            <th class="main" scope="row"><a href=url>{listed.client_name.clone()}</a><small>{listed.partner_name.clone()}</small></th>
            <td data-label=words.text("relay-delivery-sent")>{sent}</td>
            <td data-label=words.text("relay-delivery-state")>{state(page, listed)}</td>
            <td class="act">{resend}</td>
        </tr>
    }
    .into_any()
}

/// How far it is, since when, and in whose words if it failed. A lead whose deal is known is registered, whoever told of it.
fn state(page: &Page, listed: &ListedDelivery) -> AnyView {
    let words = &page.words;
    let delivery = &listed.delivery;
    let state = match listed.lead_state {
        LeadState::Accepted => delivery.state,
        LeadState::Withdrawn => return kit::pill("off", words.text("relay-state-withdrawn")),
        _ => DeliveryState::Registered,
    };
    let tone = match state {
        DeliveryState::Waiting | DeliveryState::Unsure => "retrying",
        DeliveryState::Accepted => "waiting",
        DeliveryState::Registered => "healthy",
        DeliveryState::Failed => "failing",
    };
    let label = words.text(&format!("relay-state-{state}"));
    let more = match (state, delivery.accepted_at) {
        (DeliveryState::Accepted, Some(at)) => {
            let since = words.instant(at, page.ctx.programme.time_zone);
            Some(words.with("relay-waiting-since", &[("since", since.into())]))
        }
        (DeliveryState::Failed, _) => {
            let said = [
                ("code", delivery.code.clone().unwrap_or_default().into()),
                ("text", delivery.said.clone().unwrap_or_default().into()),
            ];
            Some(words.with("relay-said", &said))
        }
        _ => None,
    };
    let more = more.map(|more| view! { <p class="small">{more}</p> });
    view! { <div>{kit::pill(tone, label)}{more}</div> }.into_any()
}

/// All of a span of days once more, as after an iPaaS that lost what it was given.
pub(super) fn resend_form(page: &Page, operates: bool) -> Option<AnyView> {
    let words = &page.words;
    operates.then(|| {
        let title = words.text("relay-resend-all");
        view! {
            <section class="card" aria-label=title.clone()>
                <details class="more" open=page.refusal(RESEND).is_some()>
                    <summary class="btn">{title.clone()}</summary>
                    <form class="form" method="post" action=RELAY_PATH novalidate>
                        <p>{words.text("relay-resend-all-what")}</p>
                        {calls(RESEND)}
                        {form_errors(page, RESEND)}
                        {kit::field(page, RESEND, "from", "from", "relay-resend-from").kind("date").input()}
                        {kit::field(page, RESEND, "until", "until", "relay-resend-until").kind("date").input()}
                        <div class="foot"><button class="btn">{words.text("relay-resend")}</button></div>
                    </form>
                </details>
            </section>
        }
        .into_any()
    })
}
