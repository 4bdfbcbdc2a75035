//! What is left of the window when it is closed into the tray.

use crate::desk::on_a_desk;

/// Closes the window as its frame does.
const CLOSE: &str =
    "window.__TAURI_INTERNALS__.invoke('plugin:window|close', { label: 'main' }); return true";

#[test]
fn a_window_that_is_closed_gives_its_memory_back_and_comes_again() {
    on_a_desk("closed", async |desk| {
        let sluice = desk.start().await;
        sluice.page.script(CLOSE, &[]).await;
        sluice.page.click("button", "Keep running").await;
        sluice.has_pages(0).await;
        assert!(desk.start_again().success(), "a second start leaves the window to the first");
        sluice.has_pages(1).await;
        sluice.quit().await;
    });
}
