//! The fields of a company, in the form of its owner and in those of staff.

use leptos::prelude::*;
use portal_domain::partner::Company;

use crate::{
    ui::kit::{self, Field},
    web::page::Page,
};

/// Whether the form asks for the company's domain, or says whom to ask.
#[derive(Clone, Copy)]
pub enum Domain {
    Asked,
    ByStaff,
}

/// What the server function `action` takes as `form`; what is known of the company stands in it first. Its domain only staff type: see [`Domain`].
pub fn fields(
    page: &Page,
    action: &'static str,
    company: Option<&Company>,
    domain: Domain,
) -> AnyView {
    let known = |text: fn(&Company) -> &str| company.map(text).unwrap_or_default();
    let field = |name: &'static str, label: &str, first: &str| -> Field<'_> {
        kit::field(page, action, name, &format!("form[{name}]"), label).first(first)
    };
    view! {
        <div class="cols">
            {field("name", "company-name", known(|company| &company.name))
                .hint("company-name-hint")
                .autocomplete("organization")
                .maximum(120)
                .input()}
            {field("legal_name", "company-legal-name", known(|company| &company.legal_name))
                .hint("company-legal-name-hint")
                .maximum(200)
                .input()}
            {field("street", "company-street", known(|company| &company.address.street))
                .hint("company-street-hint")
                .autocomplete("street-address")
                .maximum(240)
                .optional()
                .full()
                .text_area()}
            {field("postal_code", "company-postal-code", known(|company| &company.address.postal_code))
                .autocomplete("postal-code")
                .maximum(12)
                .optional()
                .input()}
            {field("city", "company-city", known(|company| &company.address.city))
                .autocomplete("address-level2")
                .maximum(80)
                .optional()
                .input()}
            {field("country", "company-country", known(|company| &company.country))
                .hint("company-country-hint")
                .autocomplete("country")
                .maximum(2)
                .input()}
            {field("vat_number", "company-vat-number", known(|company| &company.vat_number))
                .hint("company-vat-number-hint")
                .optional()
                .maximum(24)
                .input()}
            {match domain {
                Domain::Asked => field("domain", "company-domain", known(|company| company.domain.as_str()))
                    .hint("company-domain-hint")
                    .input(),
                Domain::ByStaff => domain_fact(page, known(|company| company.domain.as_str())),
            }}
            {field("billing_email", "company-billing-email", known(|company| company.billing_email.as_str()))
                .hint("company-billing-email-hint")
                .kind("email")
                .autocomplete("email")
                .input()}
            {field("slack_channel", "company-slack-channel", known(|company| &company.slack_channel))
                .hint("company-slack-channel-hint")
                .optional()
                .full()
                .secret_after("https://")
                .input()}
        </div>
    }
    .into_any()
}

fn domain_fact(page: &Page, domain: &str) -> AnyView {
    let words = &page.words;
    page.labels().add("domain", &words.text("company-domain"));
    view! {
        <div class="field" id="domain">
            <strong>{words.text("company-domain")}</strong>
            <span class="hint">{words.text("company-domain-by-staff")}</span>
            <input type="hidden" name="form[domain]" value=domain.to_owned() />
            <span>{domain.to_owned()}</span>
        </div>
    }
    .into_any()
}

/// A company's address in one line, without the country.
pub fn address_line(company: &Company) -> String {
    company.address.lines(&company.country).join(", ")
}
