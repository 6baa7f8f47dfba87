//! Which properties the portal writes: those of a contact, and those that it adds to an account for itself.

use super::{client::NewContact, wire};

/// Name and phone, without what the lead does not have.
pub fn contact_properties(contact: &NewContact) -> wire::Properties {
    let full_name = contact.full_name.trim();
    let (first, last) = full_name
        .rsplit_once(char::is_whitespace)
        .unwrap_or((full_name, ""));
    let mut properties = wire::Properties::from([
        ("firstname", first.trim().to_owned()),
        ("lastname", last.to_owned()),
        ("phone", contact.phone.clone().unwrap_or_default()),
    ]);
    properties.retain(|_, value| !value.is_empty());
    properties
}

/// The properties that the portal adds to an account, each with its object type.
pub fn own_properties() -> Vec<(&'static str, wire::NewProperty)> {
    vec![
        (
            "companies",
            wire::NewProperty {
                group_name: "companyinformation",
                ..deal_key(
                    "portal_company_key",
                    "Portal company key",
                    "How the partner portal knows this company again.",
                )
            },
        ),
        (
            "deals",
            deal_key(
                "portal_lead_id",
                "Portal lead",
                "The lead in the partner portal that this deal came from.",
            ),
        ),
        ("deals", billing_period()),
        (
            "deals",
            deal_date(
                "portal_start_date",
                "Service start",
                "The first day that the client is charged for.",
            ),
        ),
        (
            "deals",
            deal_date(
                "portal_end_date",
                "Service end",
                "The last day that the client is charged for, if one is agreed.",
            ),
        ),
    ]
}

/// A text whose value is unique among all deals: HubSpot itself then keeps a lead from having two.
fn deal_key(
    name: &'static str,
    label: &'static str,
    description: &'static str,
) -> wire::NewProperty {
    wire::NewProperty {
        group_name: "dealinformation",
        name,
        label,
        description,
        kind: "string",
        field_type: "text",
        has_unique_value: true,
        options: Vec::new(),
    }
}

fn deal_date(
    name: &'static str,
    label: &'static str,
    description: &'static str,
) -> wire::NewProperty {
    wire::NewProperty {
        kind: "date",
        field_type: "date",
        has_unique_value: false,
        ..deal_key(name, label, description)
    }
}

/// HubSpot has no standard property for it, so sales choose it here; the values are those that the domain reads.
fn billing_period() -> wire::NewProperty {
    let periods = [
        ("1", "Monthly"),
        ("2", "Every 2 months"),
        ("3", "Quarterly"),
        ("6", "Every 6 months"),
        ("12", "Annually"),
        ("24", "Every 2 years"),
        ("36", "Every 3 years"),
        ("one_off", "One-off"),
    ];
    let options = (0..)
        .zip(periods)
        .map(|(display_order, (value, label))| wire::PropertyOption {
            label,
            value,
            display_order,
            hidden: false,
        });
    wire::NewProperty {
        kind: "enumeration",
        field_type: "select",
        has_unique_value: false,
        options: options.collect(),
        ..deal_key(
            "portal_billing_period",
            "Billing period",
            "How often the client is charged the amount of this deal.",
        )
    }
}

#[cfg(test)]
mod tests {
    use portal_domain::deal::BillingPeriod;

    use super::*;

    #[test]
    fn a_name_is_split_before_its_last_word_and_blanks_are_left_out() {
        let contact = |full_name: &str| {
            contact_properties(&NewContact {
                email: String::new(),
                full_name: full_name.to_owned(),
                phone: None,
            })
        };
        assert_eq!(
            contact("Ana María Ruiz"),
            wire::Properties::from([
                ("firstname", "Ana María".to_owned()),
                ("lastname", "Ruiz".to_owned())
            ])
        );
        assert_eq!(
            contact("Ana"),
            wire::Properties::from([("firstname", "Ana".to_owned())])
        );
    }

    #[test]
    fn every_billing_period_that_sales_can_choose_is_one_that_the_domain_reads() {
        let choices = billing_period().options;
        assert!(
            choices
                .iter()
                .all(|choice| BillingPeriod::parse(choice.value).is_ok())
        );
        assert_eq!(choices.len(), 8);
    }
}
