//! What every connector has to have, walked over both catalogues.

use std::collections::HashSet;
use std::path::Path;

use sluice_connectors::{destinations, warehouses};
use sluice_engine::manifest::{Input, Manifest};
use sluice_engine::sync::Query;

fn manifests() -> Vec<(&'static str, &'static Manifest)> {
    let warehouses = warehouses::CATALOGUE.iter().map(|kind| ("warehouses", kind.manifest()));
    let destinations = destinations::CATALOGUE.iter().map(|kind| ("destinations", kind.manifest()));
    warehouses.chain(destinations).collect()
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

#[test]
fn ids_are_unique_words() {
    let mut seen = HashSet::new();
    for (_, manifest) in manifests() {
        assert!(is_word(manifest.id), "{}", manifest.id);
        assert!(seen.insert(manifest.id), "{} is there twice", manifest.id);
    }
}

#[test]
fn every_connector_says_what_it_is_and_what_its_test_does() {
    for (_, manifest) in manifests() {
        let id = manifest.id;
        assert!(!manifest.label.is_empty(), "{id}");
        assert!(manifest.summary.ends_with('.'), "{id}");
        assert!(manifest.icon.starts_with("<svg") && manifest.icon.contains("currentColor"), "{id}");
        assert!(!manifest.steps.is_empty(), "{id}");
        assert!(manifest.steps.iter().all(|(name, label)| is_word(name) && !label.is_empty()), "{id}");
    }
}

#[test]
fn every_setting_is_labelled_and_helped() {
    for (_, manifest) in manifests() {
        let mut keys = HashSet::new();
        for setting in manifest.settings {
            let name = format!("{}.{}", manifest.id, setting.key);
            assert!(is_word(setting.key) && keys.insert(setting.key), "{name}");
            assert!(!setting.label.is_empty() && setting.help.ends_with('.'), "{name}");
            assert_eq!(
                setting.secret,
                setting.example.is_empty(),
                "{name}: an example, unless it is a secret"
            );
            assert!(!(setting.secret && setting.default.is_some()), "{name}: a secret has no default");
            if let (Input::Choice(choices), Some(default)) = (setting.input, setting.default) {
                assert!(
                    choices.iter().any(|(value, _)| *value == default),
                    "{name}: the default is no choice"
                );
            }
            if let Some((other, _)) = setting.only_if {
                assert!(manifest.settings.iter().any(|s| s.key == other), "{name} depends on nothing");
            }
        }
    }
}

#[test]
fn what_sounds_secret_is_secret() {
    for (_, manifest) in manifests() {
        for setting in manifest.settings {
            let sounds =
                ["password", "secret", "token", "private_key", "write_key", "service_account", "passphrase"]
                    .iter()
                    .any(|word| setting.key.ends_with(word));
            assert!(!sounds || setting.secret, "{}.{}", manifest.id, setting.key);
        }
    }
}

#[test]
fn warehouses_have_no_capabilities_and_destinations_do() {
    for (side, manifest) in manifests() {
        assert_eq!(manifest.destination.is_some(), side == "destinations", "{}", manifest.id);
    }
}

#[test]
fn every_connector_has_its_page() {
    for (side, manifest) in manifests() {
        let page =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(side).join(manifest.id).join("README.md");
        assert!(page.is_file(), "{} is missing", page.display());
    }
}

#[test]
fn each_warehouse_is_read_in_its_own_dialect() {
    let takes = |id: &str, sql: &str| {
        let kind = warehouses::CATALOGUE.iter().find(|kind| kind.manifest().id == id).expect("a warehouse");
        Query::Sql(sql.to_owned()).check(kind.manifest().dialect.expect("its dialect")).is_ok()
    };
    for kind in warehouses::CATALOGUE {
        let id = kind.manifest().id;
        assert!(
            takes(id, "select a, count(*) from t group by a") && !takes(id, "delete from t where a = 1"),
            "{id}"
        );
        assert!(!takes(id, "select 1; select 2"), "{id}");
    }
    let named =
        "select * except (a), `b c`, [1, 2] from `p.d.t` qualify row_number() over (partition by a) = 1";
    assert!(takes("bigquery", named));
    let nested = "select a:b.c::int, $1 from t, lateral flatten(input => t.d) as f qualify rank() over (order by a) = 1";
    assert!(takes("snowflake", nested));
    // One text for one server, two statements for another.
    let split = r"select '\'; drop table x; --'";
    assert!(takes("bigquery", split) && takes("snowflake", split));
    assert!(!takes("postgres", split) && !takes("sample", split));
}
