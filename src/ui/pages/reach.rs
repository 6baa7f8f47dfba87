//! The forms that say how far people see: an owner's for its sales people, and an administrator's for partner managers.

use leptos::prelude::*;
use portal_domain::access::Reach;
use portal_services::reach::Managers;
use portal_store::partners::PartnerRecord;

use crate::{ui::kit::field, web::page::Page};

const OF_SALES: &str = "set_sales_reach";
const OF_MANAGERS: &str = "set_manager_reach";
const MANAGER: &str = "set_partner_manager";

/// Which leads the partner's sales people see.
pub fn of_sales(page: &Page, partner: &PartnerRecord) -> AnyView {
    let words = &page.words;
    view! {
        <form class="card form" method="post" novalidate>
            <header><h2>{words.text("reach-sales-title")}</h2><p>{words.text("reach-sales-lead")}</p></header>
            <input type="hidden" name="do" value=OF_SALES />
            {choice(page, OF_SALES, "reach-sales", partner.sales_reach)}
            <div class="foot"><button class="btn">{words.text("reach-save")}</button></div>
        </form>
    }
    .into_any()
}

/// Whether partner managers see all partners.
pub fn of_managers(page: &Page, managers: &Managers) -> AnyView {
    let words = &page.words;
    view! {
        <form class="card form" method="post" novalidate>
            <header><h2>{words.text("reach-managers-title")}</h2><p>{words.text("reach-managers-lead")}</p></header>
            <input type="hidden" name="do" value=OF_MANAGERS />
            {choice(page, OF_MANAGERS, "reach-managers", managers.reach)}
            <div class="foot"><button class="btn">{words.text("reach-save")}</button></div>
        </form>
    }
    .into_any()
}

fn choice(page: &Page, action: &'static str, key: &str, now: Reach) -> AnyView {
    let options = Reach::ALL.iter().map(|reach| {
        let label = page.words.text(&format!("{key}-{reach}"));
        (reach.as_str().to_owned(), label)
    });
    field(page, action, "reach", "reach", key)
        .first(now.as_str())
        .select(options.collect())
}

/// Who looks after a partner.
pub fn manager(page: &Page, partner: &PartnerRecord, managers: &Managers) -> AnyView {
    let words = &page.words;
    let nobody = (String::new(), words.text("manager-nobody"));
    let people = managers.people.iter();
    let people = people.map(|person| (person.id.to_string(), person.name.clone()));
    let now = partner
        .manager
        .map_or_else(String::new, |id| id.to_string());
    view! {
        <form class="card form" method="post" novalidate>
            <header><h2>{words.text("manager-title")}</h2></header>
            <input type="hidden" name="do" value=MANAGER />
            <input type="hidden" name="partner" value=partner.id.to_string() />
            {field(page, MANAGER, "manager", "manager", "manager-label")
                .first(&now)
                .select(std::iter::once(nobody).chain(people).collect())}
            <div class="foot"><button class="btn">{words.text("reach-save")}</button></div>
        </form>
    }
    .into_any()
}
