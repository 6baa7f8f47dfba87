//! Settings: what stops the start says which setting it is and what it should be.

use std::collections::BTreeMap;

use portal::config::{SETTINGS, Settings};
use portal_domain::statement::Party;

fn read(values: &[(&'static str, &str)], file: &str) -> Result<Settings, String> {
    let values: BTreeMap<&str, String> = values
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect();
    Settings::read(|name| values.get(name).cloned(), file).map_err(|error| error.to_string())
}

#[test]
fn nothing_set_is_the_sandbox_on_sqlite() {
    let settings = read(&[], "").unwrap();
    assert!(settings.is_sandbox() && settings.needs_sandbox());
    assert_eq!(settings.database_url.reveal(), "sqlite://data/portal.db");
    assert_eq!(settings.portal_url, "http://127.0.0.1:3000");
}

#[test]
fn no_secret_of_the_settings_is_printed() {
    const PLANTED: &str = "planted-and-secret";
    let address = format!("postgres://portal:{PLANTED}@db.example/portal?sslmode=verify-full");
    let smtp = format!("smtps://portal:{PLANTED}@mail.example:465");
    let values = [
        ("DATABASE_URL", address.as_str()),
        ("DATABASE_OWNER_URL", address.as_str()),
        ("SMTP_URL", smtp.as_str()),
        ("PORTAL_KEY", PLANTED),
        ("HUBSPOT_TOKEN", PLANTED),
        ("HUBSPOT_CLIENT_SECRET", PLANTED),
        ("XERO_CLIENT_ID", "public"),
        ("XERO_CLIENT_SECRET", PLANTED),
        ("XERO_WEBHOOK_KEY", PLANTED),
        ("SLACK_TOKEN", PLANTED),
    ];
    let settings = read(&values, "").unwrap();
    let printed = format!("{settings:?}");
    assert!(!printed.contains(PLANTED), "{printed}");
    assert_eq!(settings.database_url.reveal(), address);
}

#[test]
fn a_key_store_hands_out_settings_as_files_which_go_before_portal_toml_and_behind_the_environment()
{
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let put = |name: &str, value: &str| std::fs::write(folder.path().join(name), value).unwrap();
    put("slack_token", "from-the-store\n");
    put("mail_from", "Store <store@example.com>");
    put("portal_name", "Store");
    // What Kubernetes keeps there for itself.
    std::fs::create_dir(folder.path().join("..data")).unwrap();
    let here = [("PORTAL_SECRETS", path), ("PORTAL_NAME", "Environment")];
    let file = "mail_from = 'File <file@example.com>'";
    let settings = read(&here, file).unwrap();
    assert_eq!(settings.slack.unwrap().reveal(), "from-the-store");
    assert_eq!(settings.mail_from, "Store <store@example.com>");
    assert_eq!(settings.portal_name, "Environment");
    let empty = [("PORTAL_SECRETS", path), ("SLACK_TOKEN", "")];
    let settings = read(&empty, "").unwrap();
    assert!(
        settings.slack.is_some(),
        "a variable that is set to nothing"
    );
    let named_there = format!("portal_secrets = '{path}'");
    let settings = read(&[], &named_there).unwrap();
    assert_eq!(settings.portal_name, "Store");

    put("slack_tokn", "planted");
    let error = read(&here, "").expect_err("a name that is none");
    assert!(
        error.starts_with("PORTAL_SECRETS") && error.contains("slack_tokn"),
        "{error}"
    );
    assert!(!error.contains("planted"), "{error}");
    let nowhere = [("PORTAL_SECRETS", "/nowhere/at/all")];
    let error = read(&nowhere, "").expect_err("a folder that is not there");
    assert!(error.contains("/nowhere/at/all"), "{error}");
}

#[test]
fn nothing_is_the_sandbox_once_it_is_off() {
    let settings = read(&[("PORTAL_SANDBOX", "off")], "").unwrap();
    assert!(!settings.is_sandbox() && !settings.needs_sandbox());
    let clock = [
        ("PORTAL_SANDBOX", "off"),
        ("PORTAL_CLOCK", "2026-10-01T08:00:00Z"),
    ];
    let error = read(&clock, "").expect_err("a clock of its own");
    assert!(error.starts_with("PORTAL_CLOCK"), "{error}");
}

#[test]
fn nothing_real_is_reached_over_a_line_that_others_read() {
    let off = ("PORTAL_SANDBOX", "off");
    let token = ("HUBSPOT_TOKEN", "x");
    for url in [
        "http://portal.example.com",
        "http://portal.example.com:3000/",
        "http://192.168.1.20:3000",
        "http://0.0.0.0:3000",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://[2001:db8::1]:3000",
    ] {
        for real in [off, token] {
            let error = read(&[("PORTAL_URL", url), real], "").expect_err(url);
            assert!(
                error.starts_with("PORTAL_URL") && error.contains("https://"),
                "{error}"
            );
        }
        assert!(
            read(&[("PORTAL_URL", url)], "").is_ok(),
            "the demo at {url}"
        );
    }
    for url in [
        "https://portal.example.com",
        "http://127.0.0.1:3000",
        "http://localhost:3000",
        "http://[::1]:3000",
    ] {
        assert!(read(&[("PORTAL_URL", url), off], "").is_ok(), "{url}");
    }
}

#[test]
fn a_port_that_others_reach_in_clear_is_told_of() {
    let off = ("PORTAL_SANDBOX", "off");
    let certificate = ("PORTAL_TLS_CERTIFICATE", "/etc/portal/certificate.pem");
    let key = ("PORTAL_TLS_KEY", "/etc/portal/key.pem");
    for (address, is_reached) in [
        ("127.0.0.1:3000", false),
        ("[::1]:3000", false),
        ("0.0.0.0:3000", true),
        ("[::]:3000", true),
        ("10.0.0.7:3000", true),
    ] {
        let plain = read(&[off, ("PORTAL_ADDR", address)], "").unwrap();
        assert_eq!(plain.has_plain_port(), is_reached, "{address}");
        let over_tls = [off, certificate, key, ("PORTAL_ADDR", address)];
        let over_tls = read(&over_tls, "").unwrap();
        assert!(over_tls.tls.is_some() && !over_tls.has_plain_port());
        let demo = read(&[("PORTAL_ADDR", address)], "").unwrap();
        assert!(!demo.has_plain_port(), "the demo at {address}");
    }
    for (one, missing) in [(certificate, key), (key, certificate)] {
        let error = read(&[one], "").expect_err(one.0);
        assert!(error.starts_with(missing.0), "{error}");
    }
}

#[test]
fn keys_go_to_no_vendor_in_clear() {
    let vendors = SETTINGS.iter().map(|(name, ..)| *name).filter(|name| {
        ["HUBSPOT_", "XERO_", "SLACK_"]
            .iter()
            .any(|vendor| name.starts_with(vendor))
            && name.ends_with("_URL")
    });
    for name in vendors {
        for (url, may_be) in [
            ("http://vendor.example", false),
            ("https://vendor.example", true),
            ("http://127.0.0.1:3001", true),
        ] {
            match read(&[(name, url)], "") {
                Ok(_) => assert!(may_be, "{name}={url}"),
                Err(error) => assert!(!may_be && error.starts_with(name), "{name}={url}: {error}"),
            }
        }
    }
}

#[test]
fn nobody_reads_along_on_the_way_to_a_database_elsewhere_but_where_it_is_named() {
    let off = ("PORTAL_SANDBOX", "off");
    for url in [
        "postgres://portal:secret@db.example.com/portal",
        "postgresql://portal@10.0.0.5:5432/portal",
        "postgres:///portal?host=db.example.com",
        "postgres://portal@127.0.0.1/portal?host=10.0.0.5",
        "postgres://portal:p%40ss@db.example.com/portal?application_name=sslmode",
        "postgres://portal@db.example.com/portal?sslmode=disable",
        "postgres://portal@db.example.com/portal?sslmode=prefer",
        "postgres://portal@db.example.com/portal?sslmode=require",
        "postgres://portal@db.example.com/portal?sslmode=verify-ca",
        "postgres://portal@db.example.com/portal?sslmode=verify-full&ssl-mode=require",
    ] {
        let other = ("PLAIN_INTERNAL_HOSTS", "example.com, db.example.com:5433");
        for named in [off, other] {
            let error = read(&[("DATABASE_URL", url), off, named], "").expect_err(url);
            assert!(
                error.starts_with("DATABASE_URL")
                    && error.contains("sslmode=verify-full")
                    && error.contains("PLAIN_INTERNAL_HOSTS"),
                "{error}"
            );
            assert!(!error.contains("secret"), "{error}");
        }
        let named = ("PLAIN_INTERNAL_HOSTS", "DB.example.com:5432, 10.0.0.5");
        let settings = read(&[("DATABASE_URL", url), off, named], "").expect(url);
        assert_eq!(settings.plain_hosts, ["DB.example.com:5432", "10.0.0.5"]);
        assert!(
            read(&[("DATABASE_URL", url)], "").is_ok(),
            "the demo at {url}"
        );
    }
    for url in [
        "sqlite://data/portal.db",
        "postgres://portal@127.0.0.1/portal",
        "postgres://portal@localhost:5433/portal",
        "postgres://portal@[::1]/portal",
        "postgres:///portal?host=/var/run/postgresql",
        "postgres://%2Fvar%2Frun%2Fpostgresql/portal",
        "postgres://%2fvar%2frun%2fpostgresql/portal",
        "postgres://portal@db.example.com/portal?sslmode=verify-full",
        "postgres://portal@db.example.com/portal?sslmode=require&sslmode=verify-full",
    ] {
        assert!(read(&[("DATABASE_URL", url), off], "").is_ok(), "{url}");
    }
}

#[test]
fn mail_is_read_by_nobody_on_the_way_but_where_its_server_is_named() {
    let named = ("PLAIN_INTERNAL_HOSTS", "mail.internal:25, old.example.com");
    for (url, may_be) in [
        ("smtp://user:planted@mail.example.com?tls=none", false),
        (
            "smtp://user:planted@mail.example.com?tls=opportunistic",
            false,
        ),
        ("smtp://mail.internal:587?tls=none", false),
        ("smtp://mail.internal?tls=none", true),
        ("smtp://old.example.com:587?tls=opportunistic", true),
    ] {
        match read(&[named, ("SMTP_URL", url)], "") {
            Ok(_) => assert!(may_be, "{url}"),
            Err(error) => {
                assert!(!may_be && error.starts_with("SMTP_URL"), "{error}");
                assert!(
                    error.contains("tls=required") && error.contains("PLAIN_INTERNAL_HOSTS"),
                    "{error}"
                );
                assert!(!error.contains("planted"), "{error}");
            }
        }
        assert!(read(&[("SMTP_URL", url)], "").is_err(), "{url}");
    }
    for url in [
        "smtps://user:planted@mail.example.com",
        "smtp://mail.example.com:587",
        "smtp://mail.example.com:587?tls=required",
        "smtp://127.0.0.1:2525",
        "smtp://localhost:2525?tls=none",
    ] {
        assert!(read(&[("SMTP_URL", url)], "").is_ok(), "{url}");
    }
}

#[test]
fn where_hosts_are_named_the_mail_server_is_one_of_them() {
    let outward = ("OUTWARD_HOSTS", "hooks.example.com, *.mail.example.com");
    let internal = ("SMTP_INTERNAL_HOSTS", "mail.internal");
    for (url, may_be) in [
        ("smtps://user:planted@Out.Mail.Example.com", true),
        ("smtps://mail.internal", true),
        ("smtp://127.0.0.1:25", true),
        ("smtps://user:planted@mail.example.com", false),
        ("smtps://user:planted@mail.example.com:465", false),
    ] {
        match read(&[outward, internal, ("SMTP_URL", url)], "") {
            Ok(_) => assert!(may_be, "{url}"),
            Err(error) => {
                assert!(!may_be && error.starts_with("SMTP_URL"), "{error}");
                assert!(
                    error.contains("mail.example.com may not") && error.contains("OUTWARD_HOSTS"),
                    "{error}"
                );
                assert!(!error.contains("planted"), "{error}");
            }
        }
        assert!(read(&[("SMTP_URL", url)], "").is_ok(), "no host is named");
    }
}

#[test]
fn a_password_that_was_not_encoded_is_never_told_as_the_mail_servers_host() {
    let outward = ("OUTWARD_HOSTS", "mail.example.com");
    let url = "smtps://planted/word@mail.example.com";
    let error = read(&[outward, ("SMTP_URL", url)], "").expect_err(url);
    assert!(
        error.starts_with("SMTP_URL") && !error.contains("planted"),
        "{error}"
    );
}

#[test]
fn only_postgresql_has_a_user_of_its_own_for_the_schema() {
    const PLANTED: &str = "planted-and-secret";
    let name = "DATABASE_OWNER_URL";
    let here = format!("postgres://owner:{PLANTED}@127.0.0.1/portal");
    let elsewhere = format!("postgres://owner:{PLANTED}@db.example.com/portal");
    let file = format!("sqlite://{PLANTED}");
    let off = ("PORTAL_SANDBOX", "off");
    let database = ("DATABASE_URL", "postgres://portal@127.0.0.1/portal");
    for (values, expected) in [
        (vec![(name, here.as_str())], "leave this one out"),
        (vec![database, (name, file.as_str())], "must be postgres://"),
        (vec![database, off, (name, elsewhere.as_str())], "sslmode"),
    ] {
        let error = read(&values, "").expect_err(expected);
        assert!(
            error.starts_with(name) && error.contains(expected) && !error.contains(PLANTED),
            "{error}"
        );
    }
    let given = read(&[database, off, (name, here.as_str())], "").unwrap();
    assert_eq!(given.database_owner_url.unwrap().reveal(), here);
    let not_given = read(&[database], "").unwrap();
    assert!(not_given.database_owner_url.is_none());
}

#[test]
fn every_malformed_value_names_its_setting() {
    for (name, value) in [
        ("PORTAL_ADDR", "3000"),
        ("PORTAL_ADDR", "localhost:3000"),
        ("PORTAL_URL", "portal.example.com"),
        ("PORTAL_URL", ""),
        ("PORTAL_TRUSTED_PROXIES", "proxy.example.com"),
        ("PORTAL_TRUSTED_PROXIES", "10.0.0.0/33"),
        ("PORTAL_REQUESTS_PER_MINUTE", "10"),
        ("PORTAL_VIRUS_SCANNER", "127.0.0.1:3310"),
        ("PORTAL_VIRUS_SCANNER", "unix:clamd.ctl"),
        ("PORTAL_VIRUS_SCANNER", "tcp://127.0.0.1"),
        ("PORTAL_VIRUS_SCANNER", "tcp://10.0.0.5:3310"),
        ("PORTAL_TIME_ZONE", "Mars/Olympus"),
        ("PORTAL_FISCAL_START", "13"),
        ("PORTAL_FISCAL_START", "0"),
        ("PORTAL_FISCAL_START", "April"),
        ("PORTAL_CLAIM_DAYS", "0"),
        ("PORTAL_CLAIM_DAYS", "-1"),
        ("PORTAL_LEADS_PER_DAY", "0"),
        ("PORTAL_REVIEW_HOURS", "two days"),
        ("PORTAL_MINIMUM_PAYOUT_MINOR", "50.00"),
        ("PORTAL_MINIMUM_PAYOUT_MINOR", "-1"),
        ("PORTAL_MINIMUM_PAYOUT_BY_CURRENCY", "GBP"),
        ("PORTAL_MINIMUM_PAYOUT_BY_CURRENCY", "GBP=50.00"),
        ("PORTAL_MINIMUM_PAYOUT_BY_CURRENCY", "GBP=4000;JPY=10000"),
        ("PAYOUT_CLOSE_DAYS", "0"),
        ("PAYOUT_CLOSE_DAYS", "ten"),
        ("PAYOUT_DAYS", "181"),
        ("VENDOR_LEGAL_NAME", "Two\tlines"),
        ("VENDOR_ADDRESS", "a;b;c;d;e;f"),
        ("VENDOR_COUNTRY", "UK1"),
        ("VENDOR_COUNTRY", "gb"),
        ("VENDOR_VAT_NUMBER", "GB123456789012345678901"),
        ("VENDOR_INVOICE_EMAIL", "invoices"),
        ("PORTAL_CLOCK", "tomorrow"),
        ("PORTAL_CLOCK", "2026-10-01"),
        ("XERO_BILL_STATUS", "paid"),
        ("PORTAL_SANDBOX", "on"),
        ("OUTWARD_HOSTS", "*"),
        ("OUTWARD_HOSTS", "https://hooks.example.com"),
        ("OUTWARD_HOSTS", "hooks.example.com:8443"),
        ("HUBSPOT_AUTHORIZE_URL", "app.hubspot.com"),
        ("SANDBOX_ADDR", "here"),
        ("SANDBOX_SMTP_ADDR", "25"),
    ] {
        let error = read(&[(name, value)], "").expect_err(name);
        assert!(error.starts_with(name), "{name}={value}: {error}");
        assert!(
            value.is_empty() || error.contains(value),
            "{name}={value}: {error}"
        );
        let file = format!("{} = \"{value}\"", name.to_lowercase());
        assert_eq!(
            read(&[], &file).expect_err(name),
            error,
            "the same from the file"
        );
    }
}

#[test]
fn what_people_hand_in_is_sent_to_no_scanner_on_another_machine() {
    for address in [
        "unix:/run/clamav/clamd.ctl",
        "tcp://127.0.0.1:3310",
        "tcp://localhost:3310",
        "tcp://[::1]:3310",
    ] {
        let settings = read(&[("PORTAL_VIRUS_SCANNER", address)], "").expect(address);
        assert!(settings.virus_scanner.is_some(), "{address}");
    }
    for address in ["tcp://scanner.internal:3310", "tcp://[2001:db8::1]:3310"] {
        let error = read(&[("PORTAL_VIRUS_SCANNER", address)], "").expect_err(address);
        assert!(
            error.starts_with("PORTAL_VIRUS_SCANNER") && error.contains("in clear"),
            "{error}"
        );
    }
    assert!(read(&[], "").unwrap().virus_scanner.is_none());
}

#[test]
fn the_file_holds_known_settings_and_nothing_else() {
    for (file, named) in [
        ("portal_adress = \"127.0.0.1:80\"", "portal_adress"),
        ("PORTAL_ADDR = \"127.0.0.1:80\"", "PORTAL_ADDR"),
        ("[portal]\naddr = \"127.0.0.1:80\"", "portal"),
        ("portal_fiscal_start = 4.5", "portal_fiscal_start"),
        ("portal_addr = = 1", "portal.toml"),
    ] {
        let error = read(&[], file).expect_err(file);
        assert!(error.contains(named), "{file}: {error}");
    }
    let settings = read(&[], "portal_fiscal_start = 4\nportal_name = \"Vendor\"").unwrap();
    assert_eq!(
        (settings.fiscal_start, settings.portal_name.as_str()),
        (4, "Vendor")
    );
}

#[test]
fn the_environment_goes_before_the_file_and_the_file_before_the_default() {
    let file = "portal_name = \"From the file\"\nportal_claim_days = 30";
    let settings = read(&[("PORTAL_NAME", "From the environment")], file).unwrap();
    assert_eq!(settings.portal_name, "From the environment");
    assert_eq!(settings.claim.as_secs(), 30 * 86_400);
    assert_eq!(settings.review.as_secs(), 48 * 3_600);
    assert_eq!(
        read(&[("PORTAL_URL", "https://portal.example.com/")], "")
            .unwrap()
            .portal_url,
        "https://portal.example.com"
    );
}

#[test]
fn the_vendor_of_statements_is_made_up_in_the_sandbox_only() {
    let vendor = |values: &[(&'static str, &str)]| read(values, "").unwrap().vendor;
    let demo = vendor(&[]);
    assert_eq!(demo.legal_name, "Northwind Software Ltd");
    assert_eq!(demo.address.len(), 2);
    assert_eq!(
        (demo.country.as_str(), demo.vat_number.as_str()),
        ("GB", "GB987654321")
    );
    let named = vendor(&[("PORTAL_NAME", "Acme Cloud")]);
    assert_eq!(named.legal_name, "Acme Cloud");
    let real = vendor(&[("XERO_CLIENT_ID", "x"), ("PORTAL_NAME", "Acme Cloud")]);
    assert_eq!(
        real,
        Party {
            legal_name: "Acme Cloud".to_owned(),
            ..Party::default()
        },
        "nothing of the demo's stands on a real statement"
    );
    let told = vendor(&[
        ("XERO_CLIENT_ID", "x"),
        ("VENDOR_LEGAL_NAME", "Acme Cloud GmbH"),
        ("VENDOR_ADDRESS", "Hauptstraße 1; 10115 Berlin ;"),
        ("VENDOR_COUNTRY", "DE"),
        ("VENDOR_VAT_NUMBER", "DE123456789"),
        ("VENDOR_INVOICE_EMAIL", "rechnungen@acme.example"),
    ]);
    assert_eq!(told.legal_name, "Acme Cloud GmbH");
    assert_eq!(told.address, ["Hauptstraße 1", "10115 Berlin"]);
    assert_eq!(told.email, "rechnungen@acme.example");
}

#[test]
fn a_clock_of_its_own_is_for_the_sandbox_only() {
    let clock = ("PORTAL_CLOCK", "2026-10-01T08:00:00Z");
    assert!(read(&[clock], "").unwrap().clock_start.is_some());
    for real in [
        ("HUBSPOT_TOKEN", "pat-eu1-x"),
        ("XERO_CLIENT_ID", "x"),
        ("SLACK_TOKEN", "xoxb-x"),
        ("SMTP_URL", "smtps://mail.example.com"),
    ] {
        let settings = read(&[real], "").unwrap();
        assert!(
            !settings.is_sandbox() && settings.needs_sandbox(),
            "{}",
            real.0
        );
        let error = read(&[clock, real], "").expect_err(real.0);
        assert!(error.starts_with("PORTAL_CLOCK"), "{error}");
    }
}

#[test]
fn no_secret_is_ever_printed() {
    let secrets = [
        ("HUBSPOT_TOKEN", "secret-one"),
        ("HUBSPOT_CLIENT_SECRET", "secret-two"),
        ("XERO_CLIENT_ID", "an-id"),
        ("XERO_CLIENT_SECRET", "secret-three"),
        ("XERO_WEBHOOK_KEY", "secret-four"),
        ("SLACK_TOKEN", "secret-five"),
        ("PORTAL_KEY", "secret-seven"),
        ("SMTP_URL", "smtps://user:secret-six@mail.example.com"),
    ];
    let printed = format!("{:?}", read(&secrets, "").unwrap());
    assert!(!printed.contains("secret-"), "{printed}");
}

#[test]
fn every_setting_says_what_it_is() {
    for (place, (name, _, what)) in SETTINGS.iter().enumerate() {
        assert!(what.len() > 10, "{name}");
        assert!(
            name.bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte == b'_'),
            "{name}"
        );
        assert!(
            SETTINGS[..place].iter().all(|(other, _, _)| other != name),
            "{name} stands twice"
        );
    }
}
