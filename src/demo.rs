//! The demo's people, partners and plans, made once in an empty database, and a few leads that take the real way from there on.

use chrono::{Datelike, NaiveDate};
use portal_domain::{
    access::{Actor, MemberRole, Reach, StaffRole},
    ids::{PartnerId, PersonId, PlanId},
    lead::LeadForm,
    partner::CompanyForm,
    plan::{PlanForm, ShareForm, TierForm},
};
use portal_services::{
    Ctx, ServiceError, leads, partners,
    plans::{self, PlanEdit},
};
use portal_store::{
    audit,
    people::{self, PersonRecord},
};

/// Name, address, role.
type Person<T> = (&'static str, &'static str, T);

const STAFF: [Person<StaffRole>; 5] = [
    (
        "Alex Morgan",
        "alex@northwind.example",
        StaffRole::Administrator,
    ),
    (
        "Fiona Clarke",
        "fiona@northwind.example",
        StaffRole::Finance,
    ),
    (
        "Ravi Patel",
        "ravi@northwind.example",
        StaffRole::PartnerManager,
    ),
    ("Olga Brandt", "olga@northwind.example", StaffRole::Operator),
    ("Ines Wolff", "ines@northwind.example", StaffRole::Auditor),
];

struct DemoPartner {
    company: CompanyForm,
    members: Vec<Person<MemberRole>>,
    leads: Vec<LeadForm>,
}

/// Fills an empty database; one that has people already is left alone. Answers whether it did something.
pub async fn seed(ctx: &Ctx) -> Result<bool, ServiceError> {
    if !people::list_staff(&mut ctx.store.read().await?)
        .await?
        .is_empty()
    {
        return Ok(false);
    }
    let mut staff = Vec::new();
    for (name, email, role) in STAFF {
        staff.push(add_person(ctx, name, email, "en", Some(role)).await?);
    }
    let [administrator, manager] = [0, 2].map(|place| Actor::Staff {
        person: staff[place],
        role: STAFF[place].2,
        reach: Reach::All,
    });
    let year_start =
        NaiveDate::from_ymd_opt(ctx.today().year() - 1, 1, 1).unwrap_or_else(|| ctx.today());
    let from = year_start.to_string();
    let referral = publish(ctx, &administrator, plan("Referral", "10", "12"), &from).await?;
    publish(ctx, &administrator, plan("Agency", "15", "24"), &from).await?;
    publish(ctx, &administrator, growth(), &from).await?;
    let mut joined = Vec::new();
    for demo in demo_partners() {
        let partner = partners::add(ctx, &manager, &demo.company).await?;
        partners::enrol(ctx, &manager, partner, &referral.to_string(), &from).await?;
        joined.push(partner);
        let mut actors = Vec::new();
        for (name, email, role) in demo.members {
            actors.push(add_member(ctx, partner, name, email, role).await?);
        }
        for lead in &demo.leads {
            leads::submit(ctx, &actors[0], lead).await?;
        }
    }
    publish(ctx, &administrator, tandem(&joined), &from).await?;
    Ok(true)
}

/// A version of a plan, as staff publish it: tried first.
pub async fn publish(
    ctx: &Ctx,
    actor: &Actor,
    form: PlanForm,
    valid_from: &str,
) -> Result<PlanId, ServiceError> {
    let edit = PlanEdit {
        form,
        valid_from: valid_from.to_owned(),
        ..PlanEdit::default()
    };
    let trial = plans::try_version(ctx, actor, &edit).await?;
    plans::publish_version(ctx, actor, &edit, &trial.fingerprint).await
}

/// More for those who bring more, and something at once.
fn growth() -> PlanForm {
    let tiers = [
        ("0", "2,500", "8"),
        ("2,500", "10,000", "10"),
        ("10,000", "", "12.5"),
    ];
    PlanForm {
        currency: "EUR".to_owned(),
        bonus: "250".to_owned(),
        tiers: tiers
            .map(|(from, until, rate)| TierForm {
                from: from.to_owned(),
                until: until.to_owned(),
                rate: rate.to_owned(),
            })
            .into(),
        ..plan("Growth", "10", "24")
    }
}

/// Shared with the partner that the demo made last, which looks after the client.
fn tandem(partners: &[PartnerId]) -> PlanForm {
    let shares = partners.last().map(|partner| ShareForm {
        partner: partner.to_string(),
        share: "30".to_owned(),
    });
    PlanForm {
        own_share: "70".to_owned(),
        shares: shares.into_iter().collect(),
        tail_months: "3".to_owned(),
        ..plan("Tandem", "12", "12")
    }
}

fn plan(name: &str, rate: &str, months: &str) -> PlanForm {
    PlanForm {
        name: name.to_owned(),
        rate: rate.to_owned(),
        months: months.to_owned(),
        ..PlanForm::default()
    }
}

/// Adds somebody who can sign in.
pub async fn add_person(
    ctx: &Ctx,
    name: &str,
    email: &str,
    locale: &str,
    staff_role: Option<StaffRole>,
) -> Result<PersonId, ServiceError> {
    let person = PersonRecord {
        id: PersonId::new(ctx.new_id()),
        email: email.to_owned(),
        name: name.to_owned(),
        locale: locale.to_owned(),
        staff_role,
        disabled_at: None,
    };
    let mut tx = ctx.store.write().await?;
    people::add(&mut tx, &person, ctx.now()).await?;
    let role = staff_role.map(|role| role.to_string());
    let facts = serde_json::json!({ "email": email, "role": role }).to_string();
    let subject = person.id.to_string();
    audit::add(&mut tx, None, "add_person", &subject, &facts, ctx.now()).await?;
    tx.commit().await?;
    Ok(person.id)
}

/// Adds somebody of a partner.
pub async fn add_member(
    ctx: &Ctx,
    partner: PartnerId,
    name: &str,
    email: &str,
    role: MemberRole,
) -> Result<Actor, ServiceError> {
    let locale = if email.ends_with(".de") { "de" } else { "en" };
    let person = add_person(ctx, name, email, locale, None).await?;
    let mut tx = ctx.store.write().await?;
    people::add_member(&mut tx, partner, person, role, ctx.now()).await?;
    tx.commit().await?;
    Ok(Actor::Member {
        person,
        partner,
        role,
        reach: Reach::All,
    })
}

fn demo_partners() -> Vec<DemoPartner> {
    vec![
        DemoPartner {
            company: company(
                "Brightside Partners",
                "Brightside Partners Ltd",
                "brightside.example",
                ["3 Castle Yard", "EC1N 8JS", "London"],
                "GB",
                "GB123456789",
                "C0BRIGHTSIDE",
            ),
            members: vec![
                ("Jane Meyer", "jane@brightside.example", MemberRole::Owner),
                ("Tom Hughes", "tom@brightside.example", MemberRole::Sales),
                ("Nadia Roy", "nadia@brightside.example", MemberRole::Finance),
                ("Paul Reed", "paul@brightside.example", MemberRole::ReadOnly),
            ],
            leads: vec![
                lead(
                    "Harbour Logistics",
                    "harbour-logistics.com",
                    "Mia Novak",
                    "Route planning for 40 vans; wants to start in autumn.",
                    "18000",
                    "GBP",
                ),
                lead(
                    "Fernhill Clinics",
                    "fernhillclinics.co.uk",
                    "Dr Owen Pryce",
                    "Appointments and reminders for six clinics.",
                    "9600",
                    "GBP",
                ),
            ],
        },
        DemoPartner {
            company: company(
                "Nordlicht",
                "Nordlicht Beratung GmbH",
                "nordlicht-beratung.de",
                ["Hafenstraße 7", "20457", "Hamburg"],
                "DE",
                "DE811907980",
                "C0NORDLICHT",
            ),
            members: vec![
                (
                    "Jana Meier",
                    "jana@nordlicht-beratung.de",
                    MemberRole::Owner,
                ),
                (
                    "Piet Hansen",
                    "piet@nordlicht-beratung.de",
                    MemberRole::Sales,
                ),
            ],
            leads: vec![lead(
                "Alpenwerk",
                "alpenwerk.de",
                "Katrin Vogel",
                "Ersatz für die alte Auftragsverwaltung, 25 Plätze.",
                "24000",
                "EUR",
            )],
        },
    ]
}

fn company(
    name: &str,
    legal_name: &str,
    domain: &str,
    [street, postal_code, city]: [&str; 3],
    country: &str,
    vat_number: &str,
    slack_channel: &str,
) -> CompanyForm {
    CompanyForm {
        name: name.to_owned(),
        legal_name: legal_name.to_owned(),
        domain: domain.to_owned(),
        street: street.to_owned(),
        postal_code: postal_code.to_owned(),
        city: city.to_owned(),
        country: country.to_owned(),
        vat_number: vat_number.to_owned(),
        billing_email: format!("billing@{domain}"),
        slack_channel: slack_channel.to_owned(),
    }
}

fn lead(
    client: &str,
    domain: &str,
    contact: &str,
    need: &str,
    value: &str,
    currency: &str,
) -> LeadForm {
    let first = contact
        .split_whitespace()
        .last()
        .unwrap_or(contact)
        .to_lowercase();
    LeadForm {
        client_name: client.to_owned(),
        client_domain: domain.to_owned(),
        contact_name: contact.to_owned(),
        contact_email: format!("{first}@{domain}"),
        contact_phone: String::new(),
        need: need.to_owned(),
        value: value.to_owned(),
        currency: currency.to_owned(),
        lawful_basis: "legitimate_interest".to_owned(),
        ..LeadForm::default()
    }
}
