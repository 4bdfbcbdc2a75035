//! Values put together, hashed, masked, and left to what the destination has.

use crate::command::{Sluice, count};

const LEADS: &str = r#"version: 1
connections:
  sample: { kind: sample }
  crm: { kind: practice }
syncs:
  leads:
    from: sample
    table: crm.leads
    key: lead_id
    to: crm
    object: leads
    match: email
    fields:
      - { column: email }
      - { template: "{first_name} {last_name}", as: full_name }
      - { column: email, as: origin, hash: email }
      - { template: "{company}", as: phone, mask: true }
      - { column: city, only_if_empty: true }
      - { constant: warehouse, as: lead_source, only_if_empty: true }
"#;

#[test]
fn what_the_destination_has_stays_and_the_log_shows_what_was_sent() {
    let sluice = Sluice::with(LEADS);
    let first = sluice.json(&["sync", "leads"], 0);
    assert_eq!(count(&first, "delivered"), 5000);
    sluice.change_sample(
        "update leads set city = 'Elsewhere', first_name = 'Zoe', last_name = 'Quill' where lead_id = 'LEAD-00002'",
    );
    let plan = sluice.json(&["plan", "leads"], 0);
    assert_eq!(plan["records"][0]["left_alone"], serde_json::json!(["city", "lead_source"]), "{plan}");
    let told = sluice.run(&["plan", "leads"]);
    assert!(told.out.contains("→ \"Elsewhere\" (left alone: it has a value there)"), "{told:?}");
    let second = sluice.json(&["sync", "leads"], 0);
    assert_eq!((count(&second, "changed"), count(&second, "delivered")), (1, 1));
    let events = sluice.events(&["--run", &second["run"].to_string()]);
    let payload = events[0]["payload"].as_object().unwrap();
    assert_eq!(payload.keys().collect::<Vec<_>>(), ["email", "full_name", "origin", "phone"]);
    assert_eq!(payload["full_name"], "Zoe Quill");
    assert_eq!(payload["origin"].as_str().unwrap().len(), 64);
    let masked = payload["phone"].as_str().unwrap();
    assert!(masked.ends_with("•••") && masked.chars().count() == 4, "{masked}");
    let again = sluice.json(&["sync", "leads"], 0);
    assert_eq!(count(&again, "unchanged"), 5000, "what was left out is no change");
}

#[test]
fn an_export_of_it_changes_nothing() {
    let sluice = Sluice::with(LEADS);
    let export = sluice.beside("export.yaml");
    sluice.json(&["export", "--output", export.to_str().unwrap()], 0);
    let written = std::fs::read_to_string(&export).unwrap();
    for words in ["template:", "hash: email", "mask: true", "only_if_empty: true"] {
        assert!(written.contains(words), "{written}");
    }
    let before = sluice.json(&["export"], 0);
    sluice.json(&["apply", export.to_str().unwrap()], 0);
    assert_eq!(sluice.json(&["export"], 0), before);
}

#[test]
fn a_destination_that_can_not_be_read_says_so_before_anything_is_changed() {
    let sluice = Sluice::new();
    let file = LEADS.replace("kind: practice", "kind: file, settings: { folder: /tmp, format: jsonl }");
    let said = sluice.apply(&file);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(
        said.err.contains("“only_if_empty” of “city” can not be done: Files can not be read."),
        "{said:?}"
    );
}

#[test]
fn a_plan_tells_what_the_destination_would_refuse_before_anything_is_sent() {
    let sluice = Sluice::with(
        r"version: 1
connections:
  sample: { kind: sample }
  crm: { kind: practice, settings: { plays: salesforce } }
syncs:
  leads:
    from: sample
    table: crm.leads
    key: lead_id
    to: crm
    object: Lead
    match: Lead_ID__c
    fields:
      - { column: lead_id, as: Lead_ID__c }
      - { column: company, as: Company }
      - { column: industry, as: Rating }
  odd:
    from: sample
    table: crm.leads
    key: lead_id
    to: crm
    object: Lead
    match: Lead_ID__c
    fields:
      - { column: lead_id, as: Lead_ID__c }
      - { column: company, as: Company }
      - { column: company, as: company }
      - { column: city, as: Town }
",
    );
    let plan = sluice.json(&["plan", "leads"], 0);
    let told: Vec<&str> =
        plan["would_refuse"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
    assert!(told.contains(&"Last Name is needed, and nothing fills it"), "{told:?}");
    assert!(told.iter().any(|one| one.contains("not in the list of Rating")), "{told:?}");
    let odd = sluice.json(&["plan", "odd", "--limit", "2"], 0)["would_refuse"].to_string();
    assert!(odd.contains("“Town” is no field of") && odd.contains("“company” is filled twice"), "{odd}");
    let said = sluice.run(&["plan", "leads"]);
    assert!(said.err.contains("The destination would refuse: Last Name is needed"), "{said:?}");
    let held = sluice.run(&["sync", "leads"]);
    assert_eq!(held.code, 4, "the brake holds what is refused: {held:?}");
    assert!(held.out.contains("0 delivered · 400 rejected · 4,600 waiting"), "{held:?}");
    assert!(held.err.contains("It would take 23 requests."), "{held:?}");
}
