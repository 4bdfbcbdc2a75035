//! The system's browser, for the one thing that can not happen in the window: signing in somewhere else.

/// Opens a page in the system's browser. Where there is none, the window has the address to copy.
pub(crate) fn open(page: &str) {
    // Any other address could start another program.
    if !(page.starts_with("https://") || page.starts_with("http://")) {
        return;
    }
    let page = page.to_owned();
    // Starters are watched for a moment, in case they fail and another has to be tried.
    std::thread::spawn(move || {
        open::that_detached(page)
            .unwrap_or_else(|error| eprintln!("Sluice could not open the browser: {error}"));
    });
}
