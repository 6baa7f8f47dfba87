//! Who may sign in, and as what.

use leptos::prelude::*;
use portal_domain::{
    colleague::ColleagueForm,
    ids::{PartnerId, PersonId},
};

use super::{Done, UiError};

/// Adds somebody at the vendor.
#[server(endpoint = "add_colleague")]
pub async fn add_colleague(form: ColleagueForm) -> Result<Done, UiError> {
    use portal_services::people;
    let page = crate::web::page::current().await?;
    let person = page.said(people::add_colleague(&page.ctx, page.actor()?, &form).await)?;
    Ok(Done::new(format!("/staff/people/{person}"), "person-added"))
}

/// Gives a colleague at the vendor another role.
#[server(endpoint = "change_role")]
pub async fn change_role(person: PersonId, role: String) -> Result<Done, UiError> {
    use portal_services::people;
    let page = crate::web::page::current().await?;
    page.said(people::change_role(&page.ctx, page.actor()?, person, &role).await)?;
    Ok(Done::new(format!("/staff/people/{person}"), "role-changed"))
}

/// Gives a member of a partner another role there, as an administrator of the vendor.
#[server(endpoint = "change_role_in_partner")]
pub async fn change_role_in_partner(
    person: PersonId,
    partner: PartnerId,
    role: String,
) -> Result<Done, UiError> {
    use portal_services::people::change_member_role;
    let page = crate::web::page::current().await?;
    let changed = change_member_role(&page.ctx, page.actor()?, partner, person, &role).await;
    page.said(changed)?;
    Ok(Done::new(format!("/staff/people/{person}"), "role-changed"))
}

#[server(endpoint = "disable_person")]
pub async fn disable_person(
    person: PersonId,
    #[server(default)] reason: String,
) -> Result<Done, UiError> {
    use portal_services::people;
    let page = crate::web::page::current().await?;
    page.said(people::disable(&page.ctx, page.actor()?, person, &reason).await)?;
    Ok(Done::new(
        format!("/staff/people/{person}"),
        "person-disabled",
    ))
}

/// Takes away everything that somebody signs in with; `loss` says what of it was lost, and how it was made sure who asks.
#[server(endpoint = "reset_person")]
pub async fn reset_person(
    person: PersonId,
    #[server(default)] loss: String,
) -> Result<Done, UiError> {
    use portal_services::access::reset;
    let page = crate::web::page::current().await?;
    page.said(reset::reset_person(&page.ctx, page.signed_in()?, person, &loss).await)?;
    Ok(Done::new(format!("/staff/people/{person}"), "proofs-reset"))
}

/// Says whether money needs two persons.
#[server(endpoint = "set_two_persons")]
pub async fn set_two_persons(
    persons: String,
    #[server(default)] reason: String,
) -> Result<Done, UiError> {
    use portal_services::two_persons;
    let page = crate::web::page::current().await?;
    page.said(two_persons::choose(&page.ctx, page.actor()?, &persons, &reason).await)?;
    Ok(Done::new("/staff/people/roles", "persons-chosen"))
}

#[server(endpoint = "enable_person")]
pub async fn enable_person(person: PersonId) -> Result<Done, UiError> {
    use portal_services::people;
    let page = crate::web::page::current().await?;
    page.said(people::enable(&page.ctx, page.actor()?, person).await)?;
    Ok(Done::new(
        format!("/staff/people/{person}"),
        "person-enabled",
    ))
}
