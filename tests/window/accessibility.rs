//! Every screen in both themes: no violation that axe can find.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::desk::on_a_desk;
use crate::journal::ready;
use crate::page::Page;

#[test]
fn no_screen_has_a_violation_in_either_theme() {
    on_a_desk("accessibility", async |desk| {
        let sluice = desk.start().await;
        let page = &sluice.page;
        let mut found = String::new();
        look(page, "first start", &mut found).await;
        page.click("button", "Try it with sample data…").await;
        for step in ["Which rows?", "Shape the payload", "When should it run?"] {
            ready(page, step).await;
            look(page, step, &mut found).await;
            page.click("button", "Continue…").await;
        }
        page.find("heading", "Where should it go?").await;
        look(page, "choosing a destination", &mut found).await;
        page.click("radio", "Practice CRM…").await;
        page.click("button", "Continue…").await;
        page.reads("What to do").await;
        look(page, "what becomes of each record", &mut found).await;
        page.click("button", "Continue…").await;
        page.find("button", "Sync 5,000 records…").await;
        look(page, "review", &mut found).await;
        page.click("button", "Sync 5,000 records…").await;
        page.find("heading", "Lead scores…").await;
        look(page, "sync", &mut found).await;
        for place in ["Home", "Live events", "Connections"] {
            page.click("link", place).await;
            page.find("heading", place).await;
            look(page, place, &mut found).await;
        }
        page.click("button", "Settings").await;
        page.find("heading", "Settings").await;
        look(page, "Settings", &mut found).await;
        page.click("link", "Home").await;
        page.click("button", "New sync…").await;
        page.find("heading", "Where are the rows?").await;
        look(page, "choosing a warehouse", &mut found).await;
        page.click("radio", "PostgreSQL…").await;
        page.click("button", "Continue…").await;
        page.find("heading", "Connect to PostgreSQL").await;
        look(page, "connecting", &mut found).await;
        assert!(found.is_empty(), "{found}");
    });
}

/// Looks at the screen in both themes, and takes its picture.
async fn look(page: &Page, screen: &str, found: &mut String) {
    for theme in ["light", "dark"] {
        let set = "document.documentElement.dataset.theme = arguments[0];
            return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))";
        let _: Value = page.script(set, &[json!(theme)]).await;
        page.shot(&format!("{}-{theme}", screen.to_lowercase().replace(['?', ' '], "-"))).await;
        for line in page.violations().await.lines() {
            writeln!(found, "{screen}, {theme}: {line}").expect("text");
        }
    }
    page.script("delete document.documentElement.dataset.theme", &[]).await;
}
