//! What the pages say of the two-person rule: who must be another, and why; and whether it takes two at all.

use leptos::prelude::*;
use portal_domain::{access::Action, two_persons::Persons};
use portal_services::two_persons::{Obstacle, SecondPerson, may_confirm};
use portal_store::{partners::PartnerRecord, payment_details::DetailsRecord};

use super::{calls, fact, form_errors, may};
use crate::{ui::kit, web::page::Page};

/// Why the reader does not approve a line.
pub fn refusal(page: &Page, second: Option<&SecondPerson>) -> Option<String> {
    let code = second?.refusal?;
    Some(page.words.text(&format!("error-{code}")))
}

/// Who moved a line last, where somebody did.
pub fn moved(page: &Page, second: Option<&SecondPerson>) -> Option<AnyView> {
    let hand = second?.moved.as_ref()?;
    let facts = [
        ("person", (&hand.name).into()),
        (
            "date",
            page.words
                .date_of(hand.moved_at, page.ctx.programme.time_zone)
                .into(),
        ),
    ];
    let text = page.words.with("second-moved", &facts);
    Some(view! { <p class="muted">{text}</p> }.into_any())
}

/// Why the reader does not close a quarter; nothing where it may.
pub fn obstacle(page: &Page, obstacle: &Obstacle) -> Option<AnyView> {
    let words = &page.words;
    let lines = (obstacle.lines > 0)
        .then(|| words.with("second-close-lines", &[("count", obstacle.lines.into())]));
    let partners = (!obstacle.partners.is_empty()).then(|| {
        let names = obstacle.partners.join(", ");
        words.with("second-close-details", &[("partners", names.into())])
    });
    if lines.is_none() && partners.is_none() {
        return None;
    }
    let said = lines.into_iter().chain(partners);
    Some(
        view! {
            <div class="foot">
                <div class="stack">
                    <strong>{words.text("second-close-title")}</strong>
                    {said.map(|text| view! { <p>{text}</p> }).collect_view()}
                </div>
            </div>
        }
        .into_any(),
    )
}

/// Who changed last what a partner's money is paid by, and who has seen it; with the button for a second person.
pub fn details(page: &Page, partner: &PartnerRecord, change: &DetailsRecord) -> AnyView {
    let words = &page.words;
    let zone = page.ctx.programme.time_zone;
    let told = |key: &str, person: &str, at| {
        let facts = [
            ("person", person.into()),
            ("date", words.date_of(at, zone).into()),
        ];
        words.with(key, &facts)
    };
    let changed = told(
        "second-details-changed",
        &change.changed_by_name,
        change.changed_at,
    );
    let is_own = page
        .session()
        .is_some_and(|session| session.actor.person() == change.changed_by);
    let may_say = page
        .session()
        .is_some_and(|session| may_confirm(&session.actor));
    let seen = match &change.seen {
        Some((person, at)) => told("second-details-seen", person, *at).into_any(),
        None if is_own => words.text("second-details-own").into_any(),
        None => {
            let values = [("partner", partner.id.to_string())];
            let label = words.text("second-details-confirm");
            let button =
                may_say.then(|| kit::button_form("confirm_details", &values, label, "btn sm"));
            view! { {words.text("second-details-unseen")}{button} }.into_any()
        }
    };
    view! {
        {fact(words.text("second-details"), view! { <div class="stack"><span>{changed}</span><span class="small muted">{seen}</span></div> }.into_any())}
    }
    .into_any()
}

/// How many persons it takes, and the form that says otherwise.
pub fn card(page: &Page, persons: Persons) -> AnyView {
    const ACTION: &str = "set_two_persons";
    let words = &page.words;
    let (state, other) = match persons {
        Persons::Two => ("active", Persons::One),
        Persons::One => ("off", Persons::Two),
    };
    let form = may(page, Action::ManagePeople).then(|| {
        view! {
            <details class="more" open=page.refusal(ACTION).is_some()>
                <summary class="btn">{words.text(&format!("persons-choose-{other}"))}</summary>
                <form class="form" method="post" novalidate>
                    {calls(ACTION)}
                    <input type="hidden" name="persons" value=other.as_str() />
                    {form_errors(page, ACTION)}
                    {kit::field(page, ACTION, "persons_reason", "reason", "persons-reason").maximum(200).full().input()}
                    <button class="btn">{words.text(&format!("persons-choose-{other}"))}</button>
                </form>
            </details>
        }
    });
    view! {
        <section class="card" id="persons">
            <header>
                <h2>{words.text("persons-title")}" "{kit::pill(state, words.text(&format!("persons-{persons}")))}</h2>
                <p>{words.text(&format!("persons-{persons}-what"))}</p>
            </header>
            <ul class="small stack">
                <li>{words.text("persons-rule-lines")}</li>
                <li>{words.text("persons-rule-closing")}</li>
                <li>{words.text("persons-rule-details")}</li>
            </ul>
            {form}
        </section>
    }
    .into_any()
}
