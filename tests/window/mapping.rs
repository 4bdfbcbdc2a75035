//! Records of a CRM: what could fill its fields, and which rows it would refuse, before anything is sent.

use crate::desk::on_a_desk;
use crate::journal::ready;
use crate::page::Page;

#[test]
fn what_a_crm_would_refuse_is_seen_before_anything_is_sent() {
    on_a_desk("mapping", async |desk| {
        let running = desk.start().await;
        let page = &running.page;
        to_fields(page).await;
        page.click("button", "Accept title for Job title").await;
        page.shot("07-suggestions").await;
        page.click("button", "Contacts…").await;
        page.click("option", "Leads").await;
        page.click("button", "Accept 1 suggestion").await;
        page.reads("1 field has values that would be refused").await;
        page.click("radio", "To do…").await;
        page.click("gridcell", "Status…").await;
        page.reads("“Nurturing” is not in the list of Status:").await;
        page.shot("07-mapping").await;
        running.quit().await;
    });
}

/// From the sample's leads to the fields of the practice CRM's contacts.
async fn to_fields(page: &Page) {
    page.click("button", "Try it with sample data…").await;
    ready(page, "Which rows?").await;
    page.click("gridcell", "leads").await;
    page.reads("No duplicates and no nulls").await;
    page.click("button", "Continue…").await;
    page.find("heading", "Shape the payload").await;
    page.click("radio", "Record").await;
    page.click("button", "Continue…").await;
    page.find("heading", "When should it run?").await;
    page.click("button", "Continue…").await;
    page.find("heading", "Where should it go?").await;
    page.click("radio", "Practice CRM…").await;
    page.click("button", "Continue…").await;
    page.find("grid", "Fields").await;
}
