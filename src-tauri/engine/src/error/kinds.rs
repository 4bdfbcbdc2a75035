//! The registry of errors: of each kind its code, its page, and when it is tried again.

/// When something is tried again after an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// By itself, with growing pauses.
    Backoff,
    /// When the user has mended something.
    AfterUserAction,
    /// Not as it is.
    Never,
}

impl Retry {
    /// The same as a sentence.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Backoff => {
                "What was to be sent is tried again by itself, with growing pauses; a read is made anew by the next run."
            }
            Self::AfterUserAction => "It is tried again after you acted.",
            Self::Never => "It is not tried again as it is.",
        }
    }
}

macro_rules! kinds {
    ($(#[doc = $doc:literal] $name:ident = $code:literal $id:literal $title:literal, $retry:ident, $cause:literal, $safe:literal, $hint:literal;)+) => {
        /// What kind of thing went wrong. Stable: codes and names are documented and never reused.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ErrorKind { $(#[doc = $doc] $name),+ }

        impl ErrorKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The stable code, such as `SLU-2004`.
            pub fn code(self) -> &'static str { match self { $(Self::$name => concat!("SLU-", $code)),+ } }

            /// The stable name, such as `sign_in_failed`.
            pub fn name(self) -> &'static str { match self { $(Self::$name => $id),+ } }

            /// What it is called, in a few words.
            pub fn title(self) -> &'static str { match self { $(Self::$name => $title),+ } }

            /// What happened, of the kind as a whole.
            pub fn meaning(self) -> &'static str { match self { $(Self::$name => $doc),+ }.trim_start() }

            /// What mostly leads to it.
            pub fn cause(self) -> &'static str { match self { $(Self::$name => $cause),+ } }

            /// When it is tried again.
            pub fn retry(self) -> Retry { match self { $(Self::$name => Retry::$retry),+ } }

            /// What is safe, unless the error says it better.
            pub fn safe(self) -> &'static str { match self { $(Self::$name => $safe),+ } }

            /// What to do, unless the error says it better.
            pub fn hint(self) -> &'static str { match self { $(Self::$name => $hint),+ } }

            /// The kind of this name.
            pub fn from_name(name: &str) -> Option<Self> { match name { $($id => Some(Self::$name),)+ _ => None } }
        }
    };
}

// In the order of the codes. What a kind is called, its meaning, its cause, what is safe, what to do.
kinds! {
    /// A setting of a connection is missing or wrong.
    BadSettings = "1001" "bad_settings" "A setting is wrong", AfterUserAction,
        "A field is empty, mistyped, or has a form that the other side does not know.",
        "Nothing was changed.",
        "Correct the setting and try again.";
    /// A file can not be taken: the workspace file, or what another tool wrote.
    BadFile = "1002" "bad_file" "A file can not be taken", AfterUserAction,
        "A key is unknown, a value has another form, or the file is no YAML; the message names the line.",
        "Nothing was changed.",
        "Correct the file and apply it again.";
    /// The query is not one SELECT the warehouse accepts.
    BadQuery = "1003" "bad_query" "The query does not run", AfterUserAction,
        "There is a mistake in the SQL, it is more than one statement, or it would change something.",
        "The warehouse was not changed, and nothing was sent.",
        "Correct the query.";
    /// The mapping can not make a payload.
    BadMapping = "1004" "bad_mapping" "The mapping does not fit", AfterUserAction,
        "A mapped column is gone, two columns go to one field, or something the destination needs is not mapped.",
        "Nothing was sent.",
        "Correct the mapping of the sync.";
    /// The schedule can not be followed.
    BadSchedule = "1005" "bad_schedule" "The schedule can not be followed", AfterUserAction,
        "The cron line, a time, an interval or the time zone is not one there is.",
        "Nothing was changed.",
        "Correct the schedule.";
    /// No connection, sync, run or record has this name.
    UnknownName = "1006" "unknown_name" "There is nothing of this name", AfterUserAction,
        "It was renamed or deleted, or the name is mistyped.",
        "Nothing was changed.",
        "Check the name.";
    /// A secret the connection needs is not in the keychain.
    SecretMissing = "1007" "secret_missing" "A secret is missing", AfterUserAction,
        "It was never entered on this computer, was deleted from the keychain, or belongs to another user of this computer.",
        "Nothing was sent.",
        "Enter the secret in the connection.";
    /// The name is taken, something is still in use, or a run is not in the state it would have to be in.
    Conflict = "1008" "conflict" "It is in the way of something else", AfterUserAction,
        "Another thing has this name or needs this one, or somebody else was quicker.",
        "Nothing was changed.",
        "Choose another name, or change what uses it first.";
    /// The private key or key file can not be used.
    KeyUnusable = "1009" "key_unusable" "The key can not be read", AfterUserAction,
        "Only a part of the file was pasted, it is another kind of key, or the passphrase does not open it.",
        "Nothing was sent.",
        "Paste the whole key file again, from its first line to its last.";
    /// The query fails on a value in its rows.
    ValueInQuery = "1010" "value_in_query" "The query fails on a value", AfterUserAction,
        "A cast, a division or a function of the query does not work for what stands in one of the rows.",
        "The warehouse was not changed, and nothing of this read was sent.",
        "Run the query in the warehouse's own editor to see the value, and correct it or the query.";
    /// The query would read more than the connection allows.
    TooCostly = "1011" "too_costly" "The query would cost too much", AfterUserAction,
        "It reads more bytes than the most the connection allows for one query.",
        "Nothing was read, so nothing was billed, and nothing was sent.",
        "Read fewer columns or partitions, or raise the most a query may read in the connection.";
    /// The query or its result is larger than the warehouse takes.
    QueryTooLarge = "1012" "query_too_large" "The query is too large", AfterUserAction,
        "Sorting, joining or the result itself needs more than the warehouse gives one query.",
        "The warehouse was not changed, and nothing was sent.",
        "Make the query simpler, or read fewer rows or columns.";

    /// The host's name does not exist.
    HostNotFound = "2001" "host_not_found" "The host is not found", Backoff,
        "The name is mistyped, is known inside another network alone, or this network's name service does not answer.",
        "Nothing was sent, and everything waiting is kept.",
        "Check the host name and your network.";
    /// Nobody answers at host and port.
    Unreachable = "2002" "unreachable" "Nobody answers", Backoff,
        "The other side is down, the port is another one, or a firewall or an allow-list drops the connection.",
        "Nothing is lost; what waits is kept and sent when the connection is back.",
        "Check host and port, your network, and whether a firewall or allow-list keeps this computer out.";
    /// The secure connection could not be made.
    TlsFailed = "2003" "tls_failed" "The secure connection fails", AfterUserAction,
        "The certificate is for another host, has run out, or is signed by a company of its own, or this computer's clock is wrong.",
        "No credentials were sent.",
        "Check the host name against the certificate, or add your company's CA file.";
    /// User, password or key was refused.
    SignInFailed = "2004" "sign_in_failed" "The sign-in is refused", AfterUserAction,
        "User, password, key or token is mistyped, was changed on the other side, or is locked there.",
        "What waits is kept on this computer and goes out when the sign-in works.",
        "Enter the credentials again.";
    /// Signed in, but not permitted.
    NotAllowed = "2005" "not_allowed" "A permission is missing", AfterUserAction,
        "The login works, and has no right to read or write just this.",
        "What waits is kept on this computer.",
        "Ask an administrator for the permission.";
    /// A database, schema, table, column, object or field does not exist.
    MissingObject = "2006" "missing_object" "It is not there", AfterUserAction,
        "It was deleted or renamed, or the login may not see it, which some servers tell in the same words.",
        "Nothing was sent, and nothing counts as removed.",
        "Choose another table, view or column, or restore this one, and run again.";
    /// No answer in time.
    TimedOut = "2007" "timed_out" "No answer in time", Backoff,
        "The other side is under load, the query takes longer than it may, or the network is slow.",
        "Nothing is lost; what waits is kept and sent again.",
        "Wait, or check the other side's load.";
    /// The other side asked to slow down.
    RateLimited = "2008" "rate_limited" "The other side asks to slow down", Backoff,
        "More requests came than it takes in a short time, from Sluice and everything else that uses the account.",
        "Nothing is lost; what waits is kept and goes out later.",
        "Leave Sluice open and it goes on by itself, or run the sync again later.";
    /// The other side failed.
    ServerFailed = "2009" "server_failed" "The other side failed", Backoff,
        "It has trouble of its own, or is being worked on.",
        "Nothing is lost; what waits is kept and sent again.",
        "If it lasts, look at the other side's status page.";
    /// The destination refused a whole request.
    RequestRefused = "2010" "request_refused" "The request is refused", Never,
        "Something in it is not as the destination takes it; the message has its own words.",
        "Records that were refused are kept with their reason.",
        "Correct the records or the mapping, then retry.";
    /// The answer is not what the API promises.
    BadAnswer = "2011" "bad_answer" "The answer makes no sense", Backoff,
        "The address is of something else, or of another version of the API, or the answer came damaged.",
        "What may not have arrived is sent again with the same ids.",
        "Check that the address is the API's and not a web page or a proxy.";
    /// The network of this computer is gone.
    Offline = "2012" "offline" "This computer is offline", Backoff,
        "The cable, the Wi-Fi or the VPN is off.",
        "Everything waiting is kept and goes out when the network is back.",
        "Connect this computer to the network.";
    /// The destination's daily quota is spent.
    QuotaSpent = "2013" "quota_spent" "The quota is spent", Backoff,
        "Everything that uses the account has made as many requests as it may in a day.",
        "What waits is kept and goes out when the quota is fresh.",
        "Wait, or ask for a larger quota.";
    /// A network policy of the other side keeps this computer out.
    NetworkPolicy = "2014" "network_policy" "A network policy keeps this computer out", AfterUserAction,
        "The account takes sign-ins from listed addresses alone, and the address this computer has now is not listed.",
        "What waits is kept on this computer and goes out when the address is let in.",
        "Have an administrator of the account let this computer's address in.";
    /// The time on this computer is wrong, and a signed sign-in counts for minutes.
    ClockWrong = "2015" "clock_wrong" "This computer's clock is wrong", AfterUserAction,
        "The clock is off by more than a minute or two, so that what is signed now seems old or to come.",
        "What waits is kept on this computer and goes out when the sign-in works.",
        "Set date, time and time zone of this computer right, best by having it do so itself.";
    /// The role does not exist, or the user may not take it on.
    RoleMissing = "2016" "role_missing" "The role is not the user's", AfterUserAction,
        "The role is mistyped, was dropped, or was never granted to this user.",
        "What waits is kept on this computer.",
        "Check the role in the connection, or have an administrator grant it to the user.";
    /// Nothing is there to run the query on.
    NoCompute = "2017" "no_compute" "Nothing runs the query", AfterUserAction,
        "No computing warehouse is named in the connection, or the role may not use the one that is.",
        "Nothing was read and nothing was sent.",
        "Name a warehouse the role may use in the connection.";
    /// What would run the query is suspended.
    ComputeStopped = "2018" "compute_stopped" "The warehouse is suspended", AfterUserAction,
        "It does not start by itself, or a monitor has stopped it because its credits are used up.",
        "Nothing was read and nothing was sent.",
        "Have an administrator resume it or raise its limit, or choose another warehouse.";
    /// The key, token or sign-in counted for a time that is over.
    SignInExpired = "2019" "sign_in_expired" "The sign-in has run out", AfterUserAction,
        "Keys, tokens and sign-ins in a browser end after a time, or when somebody takes them back.",
        "What waits is kept on this computer and goes out when the sign-in works.",
        "Make a new key or sign in again, and put it into the connection.";
    /// The other side's API is switched off for this account.
    ApiOff = "2020" "api_off" "The API is switched off", AfterUserAction,
        "Nobody has turned it on yet in the project or organisation, or the user may not use it.",
        "What waits is kept on this computer.",
        "Have an administrator turn the API on.";
    /// The project has no billing account.
    NoBilling = "2021" "no_billing" "Nobody pays for the project", AfterUserAction,
        "No billing account is linked to it, or the one that is was closed.",
        "Nothing was read and nothing was sent.",
        "Link a billing account to the project, or choose another project.";
    /// The key lacks a scope.
    ScopeMissing = "2022" "scope_missing" "The key lacks a scope", AfterUserAction,
        "The key was made without a right that this object needs.",
        "What waits is kept on this computer.",
        "Add the scope to the key where it was made.";
    /// A web page answered in the place of the API.
    WebPage = "2023" "web_page" "A web page answers", Backoff,
        "The address is that of the web site, or a proxy or the sign-in page of this network answers in between.",
        "What may not have arrived is sent again with the same ids.",
        "Check the address, and whether this network asks for a sign-in of its own.";
    /// The proxy that leads there is not found.
    ProxyMissing = "2024" "proxy_missing" "The proxy is not found", Backoff,
        "The proxy in this computer's settings is mistyped, or is known inside another network alone.",
        "Nothing was sent, and everything waiting is kept.",
        "Check the proxy in this computer's settings.";
    /// The connection may not reach the host's address.
    AddressBarred = "2025" "address_barred" "The address is not one it may reach", AfterUserAction,
        "The host's name leads into this network where only the internet is allowed, or out of it without encryption.",
        "Nothing was sent.",
        "Check the address, or allow private addresses in the connection where the host is yours.";
    /// Somebody else is changing the records just now.
    RecordLocked = "2026" "record_locked" "The records are locked", Backoff,
        "A person, an automation or another program writes to the same records at the same time.",
        "Nothing is lost; what waits is kept and sent again.",
        "Wait: it is sent again by itself. If it lasts, run the sync at another time than the other program.";
    /// The server has no connection left.
    NoConnectionLeft = "2027" "no_connection_left" "The server is full", Backoff,
        "As many sessions are open as the server allows, of this and all other programs.",
        "Nothing was sent, and everything waiting is kept.",
        "Try again in a moment. If it lasts, close other sessions or have the server allow more.";

    /// A row has no identifier.
    NoIdentifier = "3001" "no_identifier" "The row has no identifier", AfterUserAction,
        "Every column that is mapped to an identifier is empty in this row.",
        "The row was not sent; the other rows were not held up.",
        "Give the row an email, user id or anonymous id, or choose another column.";
    /// A row's key is null.
    NullKey = "3002" "null_key" "The row has no key", AfterUserAction,
        "A column of the key is empty in this row.",
        "The row was not sent; the other rows were not held up.",
        "Fill the key column, or choose another key.";
    /// A row's key stands on an earlier row too.
    DuplicateKey = "3003" "duplicate_key" "Two rows have this key", AfterUserAction,
        "The key does not tell all rows apart; often a join makes two rows of one.",
        "The first row with this key counts; this one was not sent.",
        "Make the key unique, or choose another key.";
    /// A value has no exact JSON form.
    BadValue = "3004" "bad_value" "A value can not be sent", AfterUserAction,
        "It is a number without end, a date beyond the calendar, or text that is no text.",
        "The row was not sent, so nothing was rounded or guessed.",
        "Correct the value, or leave the column out.";
    /// A record is larger than the destination takes.
    TooLarge = "3005" "too_large" "The record is too large", AfterUserAction,
        "A long text, list or document makes it larger than one record or request may be.",
        "The record was not sent; the other records were not held up.",
        "Leave long columns out, or shorten them.";
    /// The destination refused a record.
    RecordRejected = "3006" "record_rejected" "The record is refused", AfterUserAction,
        "A value is not as the destination takes it; the message has its own words.",
        "The record is kept with its reason and sent again on the next run.",
        "Correct the value or the mapping.";
    /// A column has another type than in the last run.
    SchemaChanged = "3007" "schema_changed" "A column has changed", AfterUserAction,
        "Somebody changed the table, the view or the query since the last run.",
        "Nothing was sent, and nothing counts as removed.",
        "Look at what would be sent, then approve or drop the run.";
    /// A record with this key exists in the destination already, and was only to be created.
    AlreadyExists = "3008" "already_exists" "The record exists already", AfterUserAction,
        "Somebody else created it, or it was there before the sync, which only creates.",
        "The record that exists was not changed.",
        "Discard the record, or choose a mode that updates.";
    /// It may have been created by a request whose answer was lost.
    Doubtful = "3009" "doubtful" "It may have been created", AfterUserAction,
        "The connection was cut after the request had left, and the destination can not be asked what became of it.",
        "It was not created a second time.",
        "Look in the destination: if the record is there, discard it here; if not, send it again.";
    /// A value is none of the field's choices.
    NotInList = "3010" "not_in_list" "The value is not in the list", AfterUserAction,
        "The field takes the choices of its list alone, and this is none of them, or one that was switched off.",
        "The record is kept with its reason and sent again on the next run.",
        "Add the choice to the field in the destination, or send one of those that are there.";
    /// Another record has this value, and no two may.
    ValueTaken = "3011" "value_taken" "Another record has this value", AfterUserAction,
        "The field is unique in the destination, and two people or companies share the value.",
        "The record is kept with its reason and sent again on the next run; the other one was not changed.",
        "Correct one of the two records, or match by this field.";
    /// A duplicate rule of the destination takes it for a record that is there.
    DuplicateRule = "3012" "duplicate_rule" "A duplicate rule stops it", AfterUserAction,
        "Name, address or company are much like those of another record, and a rule of the account forbids that.",
        "The record is kept with its reason and sent again on the next run; the other one was not changed.",
        "Merge the two in the destination, match by another field, or have the rule allow it.";
    /// A field that has to have a value has none.
    RequiredMissing = "3013" "required_missing" "A required field is empty", AfterUserAction,
        "The field is not mapped, or its column is empty in this row.",
        "The record is kept with its reason and sent again on the next run.",
        "Map a column that is always filled to the field, or give it a constant.";
    /// A text is longer than its field.
    TextTooLong = "3014" "text_too_long" "The text is too long", AfterUserAction,
        "The field takes fewer characters than the value has.",
        "The record is kept with its reason and sent again on the next run, so nothing was cut off.",
        "Shorten the text in the query, or make the field longer in the destination.";
    /// A rule or an automation of the destination stopped it.
    RuleRefused = "3015" "rule_refused" "A rule of the destination stops it", AfterUserAction,
        "A validation rule of the account says no, or an automation that runs with each change failed.",
        "The record is kept with its reason and sent again on the next run.",
        "Correct the record, or show the message to the destination's administrator.";
    /// The field or the record may not be written.
    FieldGuarded = "3016" "field_guarded" "The field may not be written", AfterUserAction,
        "The destination computes the field itself, or the login may read it and not edit it.",
        "The record is kept with its reason and sent again on the next run.",
        "Take the field out of the mapping, or ask an administrator for access to it.";
    /// There is no record to update.
    NothingToUpdate = "3017" "nothing_to_update" "There is no record to update", AfterUserAction,
        "The sync only updates, and no record in the destination has this match value.",
        "The record is kept with its reason and sent again on the next run; nothing was created.",
        "Create the record in the destination, or choose a mode that creates.";
    /// The record it refers to is not there.
    ReferenceMissing = "3018" "reference_missing" "What it refers to is not there", AfterUserAction,
        "The id in a field that points to another record is mistyped, or that record was deleted.",
        "The record is kept with its reason and sent again on the next run.",
        "Correct the id in the column, or send the record it refers to first.";

    /// The read ended before the warehouse's own row count.
    IncompleteRead = "4001" "incomplete_read" "The read was cut short", Backoff,
        "The connection broke, the server ended the session, or rows changed while they were read.",
        "Nothing was sent, and nothing counts as removed.",
        "Run again; if it lasts, look at the warehouse's query log.";
    /// A run would change more than usual.
    Held = "4002" "held" "The run waits for you", AfterUserAction,
        "A brake of the sync holds first runs, many removals or many blanked values until somebody has looked.",
        "Nothing was sent and nothing was changed in the destination.",
        "Look at what would be sent, then approve or drop the run.";
    /// A run of this sync is going on.
    AlreadyRunning = "4003" "already_running" "A run is going on", AfterUserAction,
        "A sync has one run at a time, and its schedule or somebody else has started one.",
        "The run that is going on was not disturbed.",
        "Wait until it has ended.";
    /// The user cancelled.
    Cancelled = "4004" "cancelled" "It was cancelled", AfterUserAction,
        "Somebody stopped the run here, or its query on the other side.",
        "What was sent stays sent; the rest is kept for the next run.",
        "Run again when you want to go on.";
    /// This version does not have it.
    NotYet = "4005" "not_yet" "This version can not do it", Never,
        "It was made for another version of Sluice, or is not built yet.",
        "Nothing was changed.",
        "Look for a newer version.";
    /// A sync has no destination.
    NoDestination = "4006" "no_destination" "The sync has no destination", AfterUserAction,
        "The connection it sent to was taken away, or none was chosen yet.",
        "Nothing was read or sent.",
        "Choose a destination for the sync.";
    /// A slot of a schedule passed without a run.
    MissedSlot = "4007" "missed_slot" "A run was missed", Never,
        "This computer slept or was off, Sluice was not open, or the run before was still going on.",
        "Nothing was read or sent at this time.",
        "Nothing to do: the next run sends everything that changed.";
    /// Sluice was stopped in the middle of a run.
    Interrupted = "4008" "interrupted" "The run was cut off", Backoff,
        "Sluice was quit or killed, or the computer went off.",
        "Nothing is lost: what was not confirmed is kept, and sent again with the same ids.",
        "Nothing to do: the rest goes out when Sluice is started next, or with the next run.";
    /// There is no record to test a sync with.
    NothingToSend = "4010" "nothing_to_send" "There is nothing to send", AfterUserAction,
        "The query has no rows, or none that differs from what was delivered.",
        "Nothing was sent.",
        "Change a row, or the query, and test again.";
    /// What the run sent can not be taken back.
    CanNotUndo = "4011" "can_not_undo" "It can not be taken back", Never,
        "The destination takes events alone, or what stood there before is not known any more.",
        "Nothing was changed.",
        "Correct it in the destination, or send the right values.";
    /// An undo does not touch a record.
    LeftAlone = "4012" "left_alone" "It was left alone", AfterUserAction,
        "Somebody changed the record since the run, so that putting back would undo their change too.",
        "The record was not touched.",
        "Look at it in the destination, and correct it there.";
    /// Somebody asked to look before anything is sent.
    ToReview = "4013" "to_review" "It waits for your approval", AfterUserAction,
        "You asked to see every change before it is sent.",
        "Nothing was sent and nothing was changed in the destination.",
        "Look at the changes, then approve or drop the run.";

    /// The data folder can not be read or written.
    Storage = "5001" "storage" "The data folder can not be used", AfterUserAction,
        "The disk is gone or failing, or another program holds or has moved the files.",
        "Nothing is marked as delivered that was not.",
        "Check the data folder and its disk, then start Sluice again.";
    /// The disk is full.
    DiskFull = "5002" "disk_full" "The disk is full", AfterUserAction,
        "There is no room for another write, or a quota of this user is used up.",
        "Nothing is lost: what is not on disk was not sent as delivered.",
        "Free some space, then run again.";
    /// The data folder was written by a newer version.
    NewerDatabase = "5003" "newer_database" "The data folder is newer than Sluice", AfterUserAction,
        "A newer Sluice has opened the folder, and this one does not know its form.",
        "The data folder was not touched.",
        "Install the newer version of Sluice.";
    /// Another Sluice uses the data folder.
    InUse = "5004" "in_use" "Another Sluice uses the data folder", AfterUserAction,
        "The window or a command works on the same folder, and only one may.",
        "Nothing was changed.",
        "Use the Sluice that is open, or quit it first.";
    /// The file is damaged.
    Damaged = "5005" "damaged" "A file is damaged", AfterUserAction,
        "The disk lost something, or another program wrote into the file.",
        "The damaged file was kept, and nothing was sent.",
        "Restore the newest backup in the data folder's backups.";
    /// A file or folder may not be written or read by this user.
    FolderGuarded = "5006" "folder_guarded" "The folder may not be used", AfterUserAction,
        "The folder belongs to another user, or its disk is read-only.",
        "Nothing is marked as delivered that was not.",
        "Let your user read and write the folder, then try again.";
    /// There is no keychain on this computer.
    KeychainAbsent = "5101" "keychain_absent" "There is no keychain", AfterUserAction,
        "No keychain service runs, as on a server without a desktop.",
        "No secret was stored anywhere else.",
        "Start a keychain (on Linux: gnome-keyring or KWallet), or give the secret in the environment.";
    /// The keychain is locked.
    KeychainLocked = "5102" "keychain_locked" "The keychain is locked", AfterUserAction,
        "Nobody has unlocked it since the computer was started, or it locked itself.",
        "Nothing is lost; the sync goes on when the keychain is open.",
        "Unlock the keychain.";
    /// The keychain refused.
    KeychainDenied = "5103" "keychain_denied" "The keychain refuses", AfterUserAction,
        "Somebody answered its question with no, or the system keeps Sluice away from it.",
        "Nothing is lost; the sync goes on when access is allowed.",
        "Allow Sluice to use the keychain.";

    /// A mistake of ours.
    Bug = "9001" "bug" "A mistake in Sluice", Never,
        "Something happened that the program takes for impossible.",
        "Nothing is marked as delivered that was not.",
        "Report it with the details below.";
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_names_and_titles_are_unique_and_in_order() {
        let all = ErrorKind::ALL;
        let codes: Vec<_> = all.iter().map(|kind| kind.code()).collect();
        assert!(codes.windows(2).all(|two| two[0] < two[1]), "{codes:?}");
        for told in [ErrorKind::name, ErrorKind::title] {
            let words: HashSet<_> = all.iter().map(|kind| told(*kind)).collect();
            assert_eq!(words.len(), all.len());
        }
    }

    #[test]
    fn a_page_is_a_title_and_whole_sentences() {
        for kind in ErrorKind::ALL {
            assert!(!kind.title().ends_with('.') && kind.title().len() <= 45, "{kind:?}");
            for text in [kind.meaning(), kind.cause(), kind.safe(), kind.hint()] {
                let begins = text.starts_with(|first: char| first.is_uppercase());
                assert!(begins && text.ends_with('.'), "{kind:?}: {text}");
            }
        }
    }
}
