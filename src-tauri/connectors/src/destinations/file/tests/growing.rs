//! One file for each sync, which grows with each run.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::{folder_with, names, records};
use crate::destinations::fixture::{row, send};

const APPENDED: &[(&str, &str)] = &[("files", "appended"), ("formulas", "escape")];

#[tokio::test]
async fn one_file_grows_with_each_run() {
    let home = TempDir::new().unwrap();
    let files = folder_with(home.path(), "jsonl", APPENDED);
    for id in [1, 2] {
        let sent = send(&*files, &records(), &[row(id, &format!("{{\"id\":{id}}}"))]).await;
        let file = home.path().join("lead-scores-all.jsonl");
        assert_eq!(sent.exchange.target, file.display().to_string());
        assert_eq!(file.exists(), id == 2, "a reader sees a run that is not finished");
        files.finish("lead-scores", 7).await.unwrap();
        files.finish("lead-scores", 7).await.unwrap();
        let lines = fs::read_to_string(&file).unwrap();
        assert_eq!(lines.lines().count() as u128, id);
        // Somebody edits it, and their editor leaves the last line open.
        fs::write(&file, lines.trim_end()).unwrap();
    }
    assert_eq!(names(home.path()), (vec!["lead-scores-all.jsonl".to_owned()], 1));
    assert_eq!(
        fs::read_to_string(home.path().join("lead-scores-all.jsonl")).unwrap(),
        "{\"id\":1}\n{\"id\":2}"
    );
}

#[tokio::test]
async fn a_table_grows_in_both_directions_and_keeps_its_rows() {
    let home = TempDir::new().unwrap();
    let files = folder_with(home.path(), "csv", APPENDED);
    let runs = [
        r#"{"id":1,"note":"=two\n\"lines\"","=x":true}"#,
        r#"{"id":2,"name":"Zoë, A","=x":false}"#,
        r#"{"name":"B"}"#,
    ];
    for (id, payload) in runs.iter().enumerate() {
        send(&*files, &records(), &[row(id as u128, payload)]).await;
        files.finish("lead-scores", 7).await.unwrap();
    }
    assert_eq!(names(home.path()), (vec!["lead-scores-all.csv".to_owned()], 1));
    assert_eq!(
        fs::read_to_string(home.path().join("lead-scores-all.csv")).unwrap(),
        concat!(
            "id,note,'=x,name\r\n",
            "1,\"'=two\n\"\"lines\"\"\",true,\r\n",
            "2,,false,\"Zoë, A\"\r\n",
            ",,,B\r\n",
        )
    );
}

#[tokio::test]
async fn a_crash_while_a_file_grows_loses_and_repeats_nothing() {
    const PART: &str = ".lead-scores-run-6.jsonl";
    let hidden = |home: &Path, ending: &str| home.join(format!("{PART}.{ending}"));
    // Each moment between two steps: what there is then, beside the file.
    for moment in
        ["the new whole is half written", "the part is done", "the new whole is in place", "the ids are gone"]
    {
        let home = TempDir::new().unwrap();
        let all = home.path().join("lead-scores-all.jsonl");
        fs::write(&all, "{\"id\":1}\n").unwrap();
        fs::write(hidden(home.path(), "ids"), "9 2\n").unwrap();
        let whole = "{\"id\":1}\n{\"id\":2}\n";
        match moment {
            "the new whole is half written" => {
                fs::write(hidden(home.path(), "part"), "{\"id\":2}\n").unwrap();
                fs::write(hidden(home.path(), "table"), "{\"id\":1}\n{\"i").unwrap();
            }
            "the part is done" => {
                fs::write(hidden(home.path(), "done"), "{\"id\":2}\n").unwrap();
                fs::write(hidden(home.path(), "table"), whole).unwrap();
            }
            _ => {
                fs::write(hidden(home.path(), "done"), "{\"id\":2}\n").unwrap();
                fs::write(&all, whole).unwrap();
            }
        }
        if moment == "the ids are gone" {
            fs::remove_file(hidden(home.path(), "ids")).unwrap();
        }
        let files = folder_with(home.path(), "jsonl", APPENDED);
        send(&*files, &records(), &[row(3, r#"{"id":3}"#)]).await;
        files.finish("lead-scores", 7).await.unwrap();
        assert_eq!(fs::read_to_string(&all).unwrap(), format!("{whole}{{\"id\":3}}\n"), "{moment}");
        assert_eq!(names(home.path()).1, 1, "{moment}");
    }
}
