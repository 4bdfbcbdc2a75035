//! The page in the window, as somebody reads it: things are found by role and name.

use std::path::{Path, PathBuf};

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::desk::PATIENCE;
use crate::process::{until, within};

/// Finds elements as a screen reader would name them; it is the library the page's own tests use.
const FINDER: &str = "ui/node_modules/@testing-library/dom/dist/@testing-library/dom.umd.min.js";

/// The key by which `WebDriver` marks an element in JSON.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// The themes the page has.
pub(crate) const THEMES: [&str; 2] = ["light", "dark"];

/// Keys that are no letters, as `WebDriver` spells them.
pub(crate) mod key {
    pub(crate) const TAB: &str = "\u{e004}";
    pub(crate) const ENTER: &str = "\u{e007}";
    pub(crate) const DOWN: &str = "\u{e015}";
    pub(crate) const ESCAPE: &str = "\u{e00c}";
    pub(crate) const SPACE: &str = " ";
    pub(crate) const CONTROL: &str = "\u{e009}";
    /// Lets go of what is held down.
    pub(crate) const NULL: &str = "\u{e000}";
}

/// The page of one running window.
pub(crate) struct Page {
    client: Client,
    log: PathBuf,
}

impl Page {
    /// Starts `program` through the driver at `port`.
    pub(crate) async fn open(port: u16, program: &Path, log: &Path) -> Self {
        let wanted = json!({ "webkitgtk:browserOptions": { "binary": program, "args": [] } });
        let Value::Object(wanted) = wanted else { unreachable!() };
        let address = format!("http://127.0.0.1:{port}");
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let client = tokio::time::timeout(PATIENCE, builder.capabilities(wanted).connect(&address)).await;
        let client = client.expect("Sluice opens its window in time").expect("Sluice opens its window");
        let page = Self { client, log: log.to_owned() };
        page.wait("the page is drawn", "return document.querySelector('main, [role=main]') !== null", &[])
            .await;
        page
    }

    /// Runs a script in the page.
    pub(crate) async fn script(&self, script: &str, arguments: &[Value]) -> Value {
        let answer = tokio::time::timeout(PATIENCE, self.client.execute(script, arguments.to_vec())).await;
        let what = script.lines().last().unwrap_or_default();
        answer
            .unwrap_or_else(|_| panic!("{what}: no answer"))
            .unwrap_or_else(|error| panic!("{what}: {error}"))
    }

    /// Waits until the script answers with something true, and gives it back.
    pub(crate) async fn wait(&self, what: &str, script: &str, arguments: &[Value]) -> Value {
        let asked = within(PATIENCE, async || match self.client.execute(script, arguments.to_vec()).await {
            Ok(Value::Null | Value::Bool(false)) => Err(String::new()),
            Ok(answer) => Ok(answer),
            Err(error) => Err(error.to_string()),
        });
        match asked.await {
            Ok(answer) => answer,
            Err(why) => panic!("{what}: {why}\n{}", self.situation().await),
        }
    }

    /// What a failed wait says about the page.
    async fn situation(&self) -> String {
        let text =
            self.client.execute("return location.href + '\\n' + document.body.innerText", vec![]).await;
        let text = text.ok().and_then(|text| text.as_str().map(str::to_owned)).unwrap_or_default();
        self.keep_shot("failed").await;
        format!("The page then was {text}\nThe program's log is {}.", self.log.display())
    }

    /// The visible element of this role and name; `…` at the end of a name stands for anything.
    pub(crate) async fn find(&self, role: &str, name: &str) -> Element {
        let found = self.wait(&format!("{role} “{name}”"), &finder(FIND), &[json!(role), json!(name)]).await;
        self.element(&found)
    }

    /// Waits until this text stands somewhere on the page.
    pub(crate) async fn reads(&self, text: &str) {
        let script = "return document.body.innerText.replace(/\\s+/g, ' ').includes(arguments[0])";
        self.wait(&format!("“{text}” is on the page"), script, &[json!(text)]).await;
    }

    /// The JSON shown in the region of this name, as the bytes say it.
    pub(crate) async fn json_in(&self, region: &str) -> Value {
        let shown = self.find("region", region).await;
        let text = self.script(SHOWN_JSON, &[element_json(&shown)]).await;
        serde_json::from_str(text.as_str().expect("text")).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    /// Asks the program a command of the product, as the page does.
    pub(crate) async fn ask(&self, command: &str, input: Value) -> Value {
        let script = "const [command, input, done] = arguments;
            window.__TAURI_INTERNALS__.invoke('rpc', { command, input })
                .then((answer) => done({ answer }), (problem) => done({ problem }));";
        let asked = self.client.execute_async(script, vec![json!(command), input]);
        let answer =
            tokio::time::timeout(PATIENCE, asked).await.expect("an answer in time").expect("an answer");
        assert!(answer.get("problem").is_none(), "{command}: {answer}");
        answer["answer"].clone()
    }

    /// All text of the page, hidden parts and field values too.
    pub(crate) async fn everything(&self) -> String {
        let script = "return document.documentElement.outerHTML + [...document.querySelectorAll('input, textarea')]
            .map((field) => field.value).join('\\n') + JSON.stringify({ ...localStorage, ...sessionStorage })";
        self.script(script, &[]).await.as_str().expect("text").to_owned()
    }

    /// Clicks the element of this role and name, once it can be clicked.
    pub(crate) async fn click(&self, role: &str, name: &str) {
        until(&format!("{role} “{name}” can be clicked"), PATIENCE, async || {
            let found = self.script(&finder(FIND), &[json!(role), json!(name)]).await;
            if found.is_null() {
                return Err(self.situation().await);
            }
            self.element(&found).click().await.map_err(|error| error.to_string())
        })
        .await;
    }

    /// Replaces what stands in the field with this label.
    pub(crate) async fn fill(&self, label: &str, text: &str) {
        let found = self.wait(&format!("field “{label}”"), &finder(FIELD), &[json!(label)]).await;
        let field = self.element(&found);
        field.click().await.expect("the field takes the click");
        self.script("arguments[0].select()", &[found]).await;
        field.send_keys(text).await.expect("the field takes the keys");
    }

    /// Presses keys wherever the focus is.
    pub(crate) async fn press(&self, keys: &str) {
        let focus = self.client.active_element().await.expect("something has the focus");
        focus.send_keys(keys).await.expect("it takes the keys");
    }

    /// Violations of WCAG 2.2 A and AA that axe finds on the page, as text; empty when there are none.
    pub(crate) async fn violations(&self) -> String {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/node_modules/axe-core/axe.min.js");
        let axe =
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let script = format!("if (!globalThis.axe) {{ {axe} }}\n{AXE}");
        // The driver now and then loses an answer of the page; axe itself refuses to run twice at once.
        until("axe looks at the page", PATIENCE, async || {
            let found =
                self.client.execute_async(&script, vec![]).await.map_err(|error| error.to_string())?;
            let found = found.as_str().ok_or_else(|| found.to_string())?;
            if found.starts_with("axe failed") { Err(found.to_owned()) } else { Ok(found.to_owned()) }
        })
        .await
    }

    /// Role-and-name words of what has the focus, for keyboard-only tests.
    pub(crate) async fn focused(&self) -> String {
        self.script(FOCUSED, &[]).await.as_str().unwrap_or_default().to_owned()
    }

    /// Presses Tab until an element of this name has the focus.
    pub(crate) async fn tab_to(&self, name: &str) {
        self.tab_until(&format!("“{name}”"), |focused| focused.contains(name)).await;
    }

    /// Presses Tab until an element of this role has the focus.
    pub(crate) async fn tab_to_role(&self, role: &str) {
        self.tab_until(role, |focused| focused.starts_with(role)).await;
    }

    async fn tab_until(&self, what: &str, reached: impl Fn(&str) -> bool) {
        for _ in 0..80 {
            if reached(&self.focused().await) {
                return;
            }
            self.press(key::TAB).await;
        }
        panic!("Tab never reached {what}; the focus is on {}.", self.focused().await);
    }

    /// Writes pictures of the window in both themes to the folder of pictures.
    pub(crate) async fn shot(&self, name: &str) {
        for theme in THEMES {
            self.dress(theme).await;
            self.keep_shot(&format!("{name}-{theme}")).await;
        }
        self.undress().await;
    }

    /// Shows the page in a theme, whatever the system has.
    pub(crate) async fn dress(&self, theme: &str) {
        self.script(DRESS, &[json!(theme)]).await;
    }

    /// Shows the page in its own theme again.
    pub(crate) async fn undress(&self) {
        self.script("delete document.documentElement.dataset.theme", &[]).await;
    }

    /// Names of the buttons in the element of this role, in order.
    pub(crate) async fn buttons_in(&self, role: &str) -> Vec<String> {
        let script = "return TestingLibraryDom.getAllByRole(document.body, arguments[0]).flatMap((found) =>
            TestingLibraryDom.queryAllByRole(found, 'button').map((button) => button.textContent.trim()))";
        let found = self.script(&finder(script), &[json!(role)]).await;
        serde_json::from_value(found).expect("names")
    }

    async fn keep_shot(&self, name: &str) {
        let folder = std::env::var_os("SLUICE_SHOTS")
            .map_or_else(|| Path::new(env!("CARGO_TARGET_TMPDIR")).join("window"), PathBuf::from);
        std::fs::create_dir_all(&folder).expect("a folder");
        let picture = tokio::time::timeout(PATIENCE, self.client.screenshot()).await;
        if let Ok(Ok(picture)) = picture {
            std::fs::write(folder.join(format!("{name}.png")), picture).expect("a picture");
        }
    }

    fn element(&self, json: &Value) -> Element {
        let id = json[ELEMENT].as_str().unwrap_or_else(|| panic!("{json} is no element")).to_owned();
        Element::from_element_id(self.client.clone(), id.into())
    }
}

/// A script with the finder before it; it is loaded into the page once.
fn finder(script: &str) -> String {
    static LIBRARY: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    let library = LIBRARY.get_or_init(|| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FINDER);
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    });
    format!("if (!globalThis.TestingLibraryDom) {{ {library} }}\n{script}")
}

pub(crate) fn element_json(element: &Element) -> Value {
    json!({ ELEMENT: element.element_id().as_ref() })
}

const FIND: &str = "
    const [role, name] = arguments;
    const begin = name.endsWith('…') ? name.slice(0, -1) : null;
    const fits = (given) => given === name || (begin !== null && given.startsWith(begin));
    const [found] = TestingLibraryDom.queryAllByRole(document.body, role, { name: fits });
    // A tick or radio is drawn by its label; that is what a person clicks.
    return (found?.matches('[type=checkbox], [type=radio]') && found.closest('label')) || found || null;";

const FIELD: &str = "
    const [label] = arguments;
    const fits = (text) => text === label || text.startsWith(label + ' ');
    return TestingLibraryDom.queryAllByLabelText(document.body, fits, { selector: 'input, textarea' })[0] ?? null;";

/// Answers once the page has been drawn so, fonts included.
const DRESS: &str = "
    document.documentElement.dataset.theme = arguments[0];
    return document.fonts.ready.then(() =>
        new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
            // A colour on its way from one theme to the other is neither's.
            for (const one of document.getAnimations()) if (one instanceof CSSTransition) one.finish();
            done(true);
        }))))";

const SHOWN_JSON: &str = "
    const copy = arguments[0].cloneNode(true);
    for (const number of copy.querySelectorAll('[class*=_count]')) number.remove();
    return copy.textContent;";

const AXE: &str = "
    const done = arguments[arguments.length - 1];
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
    // React Aria's live region speaks by pointing at what was announced, which may be gone by now.
    axe.run({ exclude: [['[data-live-announcer]']] }, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] }).then(
        ({ violations }) => done(violations.flatMap(({ id, help, nodes }) =>
            nodes.map((node) => id + ': ' + help + ': ' + [...node.html].slice(0, 300).join('') + ' ' + (node.failureSummary ?? ''))).join('\\n')),
        (error) => done('axe failed: ' + error));";

const FOCUSED: &str = "
    const focus = document.activeElement;
    if (!focus || focus === document.body) return 'the page itself';
    const role = focus.getAttribute('role') ?? (focus.type === 'radio' ? 'radio' : focus.tagName.toLowerCase());
    return role + ' '
        + (focus.getAttribute('aria-label') ?? focus.closest('label')?.innerText ?? focus.labels?.[0]?.innerText ?? focus.innerText ?? '');";
