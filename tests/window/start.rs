//! Starting, closing and starting again.

use crate::desk::on_a_desk;

#[test]
fn the_first_start_shows_two_doors() {
    on_a_desk("first start", async |desk| {
        let sluice = desk.start().await;
        sluice.page.shot("01-first-start").await;
        sluice.quit().await;
    });
}
