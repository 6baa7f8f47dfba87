//! What was sent to the iPaaS, how far each is, and sending once more.

use leptos::prelude::*;
use portal_domain::{access::Action, lead::LeadState, relay::DeliveryState};
use portal_services::relay::{LeadDelivery, RelayView};
use portal_store::{
    deliveries::{DeliveryRecord, ListedDelivery},
    leads::LeadRecord,
};

use super::RELAY_PATH;
use crate::{
    ui::{
        kit::{self, icons},
        pages::staff::{NOTHING, calls, fact, form_errors, may},
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
    view! {
        <tr data-lead=delivery.lead.to_string()>
            <th class="main" scope="row"><a href=url>{listed.client_name.clone()}</a><small>{listed.partner_name.clone()}</small></th>
            <td data-label=words.text("relay-delivery-sent")>{sent(page, delivery)}</td>
            <td data-label=words.text("relay-delivery-state")>{state(page, delivery, listed.lead_state)}</td>
            <td class="act">{resend(page, delivery, &listed.client_name)}</td>
        </tr>
    }
    .into_any()
}

/// When the iPaaS took it last, and how often it did.
fn sent(page: &Page, delivery: &DeliveryRecord) -> AnyView {
    let Some(at) = delivery.accepted_at else {
        return NOTHING.into_any();
    };
    let again = (delivery.sends > 1).then(|| {
        let count = [("count", delivery.sends.into())];
        let times = page.words.with("relay-delivery-times", &count);
        view! { " "<small>{times}</small> }
    });
    view! { {kit::instant(page, at)}{again} }.into_any()
}

fn resend(page: &Page, delivery: &DeliveryRecord, client: &str) -> Option<AnyView> {
    may(page, Action::Operate).then(|| {
        let label = page.words.text("relay-resend");
        view! {
            <form method="post" action=RELAY_PATH>
                {calls("resend_lead")}
                <input type="hidden" name="lead" value=delivery.lead.to_string() />
                <button class="btn sm" aria-label=format!("{label}: {client}")>{label.clone()}</button>
            </form>
        }
        .into_any()
    })
}

/// The delivery on its lead's own page: how far it is, what the iPaaS said last, and what it called back.
pub fn of_lead(page: &Page, lead: &LeadRecord, found: &LeadDelivery) -> AnyView {
    let words = &page.words;
    let delivery = &found.delivery;
    let answered = delivery
        .answered_at
        .map_or_else(|| NOTHING.into_any(), |at| kit::instant(page, at));
    let code = |id: &Option<String>| match id {
        Some(id) => view! { <code>{id.clone()}</code> }.into_any(),
        None => NOTHING.into_any(),
    };
    let way = view! { <a href=RELAY_PATH>{words.text("relay-way-relay")}</a> };
    view! {
        <section class="card" id="delivery" data-live="">
            <header><h2>{words.text("relay-delivery")}</h2>{resend(page, delivery, &lead.client_name)}</header>
            <dl class="facts">
                {fact(words.text("relay-delivery-way"), way.into_any())}
                {fact(words.text("relay-delivery-state"), state(page, delivery, lead.state))}
                {fact(words.text("relay-delivery-sent"), sent(page, delivery))}
                {fact(words.text("relay-delivery-answered"), answered)}
                {fact(words.text("relay-delivery-company"), code(&found.company))}
                {fact(words.text("staff-lead-hubspot-contact"), code(&lead.hubspot_contact_id))}
                {fact(words.text("staff-lead-hubspot-deal"), code(&lead.hubspot_deal_id))}
            </dl>
        </section>
    }
    .into_any()
}

/// How far it is, since when, and in whose words if it failed. A lead whose deal is known is registered, whoever told of it.
fn state(page: &Page, delivery: &DeliveryRecord, lead_state: LeadState) -> AnyView {
    let words = &page.words;
    let state = match lead_state {
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
