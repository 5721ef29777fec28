//! What can be said to the operators' tasks.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use lexopt::prelude::*;

/// What `help` says of them.
pub(crate) const HELP: &str = "\
Operators' tasks, on a database that is there:

  import token-json FILE (--user U | --anonymous) [--tenant T] [--service S] [--account L]
              [--verify] [--overwrite] [--dry-run]
                     the grant in a file of Python's google-auth, or of gcloud
  import agno --from URL [--table NAME] [--schema NAME] [--fernet-key-file FILE] [--tenant T]
              [--user-for-single-slot U] [--verify] [--overwrite] [--dry-run]
                     the grants of agno's database; without --from, of AGNO_DATABASE_URL. --verify asks
                     Google whose each is, and takes none of which it does not say so
  export token-json --out FILE (--user U | --anonymous) [--tenant T] [--service S] [--account L]
              [--overwrite]
                     one grant for google-auth, with the client's secret of the environment
  export agno --to URL [--table NAME] [--schema NAME] [--fernet-key-file FILE | --plain]
              [--tenant T] [--user-for-single-slot U] [--overwrite] [--dry-run]
                     every grant that works into agno's database; without --to, of AGNO_DATABASE_URL
  keys status
                     which keys seal how many rows, conversations and paused runs
  keys rotate [--batch N]
                     seals what is under old keys under the active one
  doctor [--offline] [--json] [--token-file FILE]
                     looks through the whole set-up and says what to mend; it fails where something
                     cannot work, and does not where something is only worth a look
  users delete (U | --anonymous) [--tenant T] [--wipe-unreadable] --yes
                     disconnects a person at Google, and deletes what is stored of them
  users finish-disconnects [--wipe-unreadable]
                     tells Google of the disconnects that were begun, and could not be told;
                     --wipe-unreadable ends those whose key is lost, of which Google cannot be told

Each of them, as `migrate`, takes --database-url URL in the place of DATABASE_URL, and --token-table NAME
where the table of grants is not called auth_tokens. An address with a password is taken from the
environment alone, and the password from PGPASSWORD too. agno's Fernet keys come from a file (- is
standard input) or the variables that agno reads. What an import or export cannot take is told row by
row; it fails where it could take none. Addresses of agno's database are SQLAlchemy's:
sqlite:///agno.db is a relative path, sqlite:////var/agno.db an absolute one.";

/// One of these tasks, with what was said about it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct OperateFlags {
    /// What to do.
    pub(crate) task: Operation,
    /// How.
    pub(crate) details: Details,
    /// On which database; `DATABASE_URL` or the default file where it is not said.
    pub(crate) database_url: Option<String>,
    /// What the table of grants is called, if not `auth_tokens`.
    pub(crate) token_table: Option<String>,
    /// The words as they were, without the database's address.
    pub(crate) said: Vec<OsString>,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Operation {
    /// Take in a file of google-auth's.
    ImportTokenJson(PathBuf),
    /// Take in the rows of agno's database.
    ImportAgno,
    /// Write a file for google-auth.
    ExportTokenJson,
    /// Write rows for agno.
    ExportAgno,
    /// Count rows by their keys.
    KeysStatus,
    /// Seal rows under the active key.
    KeysRotate,
    /// Look through the set-up.
    Doctor,
    /// Forget a person; none is the anonymous user.
    UsersDelete(Option<String>),
    /// Finish half-done disconnects.
    UsersFinishDisconnects,
}

/// How it is done.
#[derive(Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a word that was said or was not"
)]
pub(crate) struct Details {
    pub(crate) user: Option<String>,
    pub(crate) tenant: Option<String>,
    pub(crate) service: Option<String>,
    pub(crate) account: Option<String>,
    pub(crate) from: Option<String>,
    pub(crate) to: Option<String>,
    pub(crate) out: Option<PathBuf>,
    pub(crate) table: Option<String>,
    pub(crate) schema: Option<String>,
    pub(crate) fernet_key_file: Option<PathBuf>,
    pub(crate) token_file: Option<PathBuf>,
    pub(crate) single_slot: Option<String>,
    pub(crate) batch: Option<u32>,
    pub(crate) anonymous: bool,
    pub(crate) plain: bool,
    pub(crate) overwrite: bool,
    pub(crate) dry_run: bool,
    pub(crate) verify: bool,
    pub(crate) offline: bool,
    pub(crate) json: bool,
    pub(crate) yes: bool,
    pub(crate) wipe_unreadable: bool,
}

/// Whose grant, for the tasks of one.
const ONE: [&str; 5] = ["user", "anonymous", "tenant", "service", "account"];
/// Which of agno's tables, and how it is sealed.
const AGNO: [&str; 5] = [
    "table",
    "schema",
    "fernet-key-file",
    "tenant",
    "user-for-single-slot",
];

/// Reads what stands behind the task's word; none where help was asked for.
pub(crate) fn parse(
    task: &str,
    parser: &mut lexopt::Parser,
    whole: &[OsString],
) -> anyhow::Result<Option<OperateFlags>> {
    let mut words = Vec::new();
    let (mut details, mut said_flags) = (Details::default(), Vec::new());
    let (mut database_url, mut token_table) = (None, None);
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(None),
            Long("database-url") => database_url = Some(text(parser.value()?)?),
            Long("token-table") => token_table = Some(text(parser.value()?)?),
            Long(name) => {
                let name = name.to_owned();
                set(&mut details, &name, parser)?;
                said_flags.push(name);
            }
            // A stray word may be an address with its password, so it is not quoted.
            Value(word) => words.push(word),
            other @ Short(_) => return Err(other.unexpected().into()),
        }
    }
    let task = operation(task, words, details.anonymous)?;
    let known = known(&task);
    let mut said_flags = said_flags.iter();
    if let Some(name) = said_flags.find(|name| !known.contains(&name.as_str())) {
        bail!("--{name} says nothing about this task; see `cargo xtask help`");
    }
    Ok(Some(OperateFlags {
        task,
        details,
        database_url,
        token_table,
        said: without_address(whole),
    }))
}

fn operation(task: &str, words: Vec<OsString>, is_anonymous: bool) -> anyhow::Result<Operation> {
    let mut words = words.into_iter();
    let mut next = || words.next();
    let second = next().map(text).transpose()?;
    let operation = match (task, second.as_deref()) {
        ("doctor", None) => Operation::Doctor,
        ("keys", Some("status")) => Operation::KeysStatus,
        ("keys", Some("rotate")) => Operation::KeysRotate,
        ("users", Some("delete")) if is_anonymous => Operation::UsersDelete(None),
        ("users", Some("delete")) => {
            let user = next().context("say who: users delete U, or --anonymous")?;
            Operation::UsersDelete(Some(text(user)?))
        }
        ("users", Some("finish-disconnects")) => Operation::UsersFinishDisconnects,
        ("import", Some("token-json")) => {
            let file = next().context("import token-json needs a file")?;
            Operation::ImportTokenJson(file.into())
        }
        ("import", Some("agno")) => Operation::ImportAgno,
        ("export", Some("token-json")) => Operation::ExportTokenJson,
        ("export", Some("agno")) => Operation::ExportAgno,
        _ => bail!(
            "import and export know token-json and agno, keys knows status and rotate, users knows \
             delete and finish-disconnects"
        ),
    };
    if next().is_some() {
        bail!("there is one word too many; an address goes to --database-url, --from or --to");
    }
    Ok(operation)
}

/// What may be said of a task; anything else would be taken for granted and do nothing.
fn known(task: &Operation) -> Vec<&'static str> {
    match task {
        Operation::ImportTokenJson(_) => [&ONE[..], &["verify", "overwrite", "dry-run"]].concat(),
        Operation::ImportAgno => [&AGNO[..], &["from", "verify", "overwrite", "dry-run"]].concat(),
        Operation::ExportTokenJson => [&ONE[..], &["out", "overwrite"]].concat(),
        Operation::ExportAgno => [&AGNO[..], &["to", "plain", "overwrite", "dry-run"]].concat(),
        Operation::KeysStatus => Vec::new(),
        Operation::UsersFinishDisconnects => vec!["wipe-unreadable"],
        Operation::KeysRotate => vec!["batch"],
        Operation::Doctor => vec!["offline", "json", "token-file"],
        Operation::UsersDelete(_) => vec!["anonymous", "tenant", "wipe-unreadable", "yes"],
    }
}

fn set(details: &mut Details, name: &str, parser: &mut lexopt::Parser) -> anyhow::Result<()> {
    let mut value = || anyhow::Ok(Some(text(parser.value()?)?));
    match name {
        "user" => details.user = value()?,
        "tenant" => details.tenant = value()?,
        "service" => details.service = value()?,
        "account" => details.account = value()?,
        "from" => details.from = value()?,
        "to" => details.to = value()?,
        "out" => details.out = value()?.map(PathBuf::from),
        "table" => details.table = value()?,
        "schema" => details.schema = value()?,
        "fernet-key-file" => details.fernet_key_file = value()?.map(PathBuf::from),
        "token-file" => details.token_file = value()?.map(PathBuf::from),
        "user-for-single-slot" => details.single_slot = value()?,
        "batch" => details.batch = Some(parser.value()?.parse()?),
        "anonymous" => details.anonymous = true,
        "plain" => details.plain = true,
        "overwrite" => details.overwrite = true,
        "dry-run" => details.dry_run = true,
        "verify" => details.verify = true,
        "offline" => details.offline = true,
        "json" => details.json = true,
        "yes" => details.yes = true,
        "wipe-unreadable" => details.wipe_unreadable = true,
        other => bail!("there is no --{other}; see `cargo xtask help`"),
    }
    Ok(())
}

/// The words behind the program's name, without the address of the database.
fn without_address(whole: &[OsString]) -> Vec<OsString> {
    let mut words = Vec::new();
    let mut rest = whole.iter().skip(1);
    while let Some(word) = rest.next() {
        if word == "--database-url" {
            rest.next();
        } else if !word.as_encoded_bytes().starts_with(b"--database-url=") {
            words.push(word.clone());
        }
    }
    words
}

/// Text, which is not quoted where it is none.
fn text(argument: OsString) -> anyhow::Result<String> {
    argument
        .into_string()
        .ok()
        .context("an argument is not valid UTF-8")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn parsed(line: &str) -> anyhow::Result<Option<OperateFlags>> {
        let whole = ["xtask"].into_iter().chain(line.split_whitespace());
        let whole: Vec<_> = whole.map(OsString::from).collect();
        let mut parser = lexopt::Parser::from_iter(whole.clone());
        let Some(Value(task)) = parser.next()? else {
            bail!("no task");
        };
        parse(&task.string()?, &mut parser, &whole)
    }

    #[test]
    fn each_task_takes_its_own_words() {
        let flags = parsed("import token-json a.json --user alice --dry-run --tenant acme");
        let flags = flags.unwrap().unwrap();
        assert_eq!(flags.task, Operation::ImportTokenJson("a.json".into()));
        assert_eq!(flags.details.user.as_deref(), Some("alice"));
        assert!(flags.details.dry_run && !flags.details.overwrite);
        let flags = parsed("import agno --verify").unwrap().unwrap();
        assert!(flags.details.verify);
        let flags = parsed("keys rotate --batch 7").unwrap().unwrap();
        assert_eq!(
            (flags.task, flags.details.batch),
            (Operation::KeysRotate, Some(7))
        );
        let flags = parsed("users delete alice --yes").unwrap().unwrap();
        let alice = Some("alice".to_owned());
        assert_eq!(flags.task, Operation::UsersDelete(alice));
        let flags = parsed("users delete --anonymous --yes").unwrap().unwrap();
        assert_eq!(flags.task, Operation::UsersDelete(None));
        let flags = parsed("users finish-disconnects --token-table crm_tokens");
        let flags = flags.unwrap().unwrap();
        assert_eq!(flags.task, Operation::UsersFinishDisconnects);
        assert_eq!(flags.token_table.as_deref(), Some("crm_tokens"));
        let flags = parsed("users finish-disconnects --wipe-unreadable");
        assert!(flags.unwrap().unwrap().details.wipe_unreadable);
        assert_eq!(parsed("doctor --help").unwrap(), None);
        for line in [
            "import",
            "import token-json",
            "import agno --user alice",
            "export token-json --verify",
            "export agno --client-secret s",
            "keys",
            "keys rotate --yes",
            "doctor now",
            "users delete",
            "users delete alice bob",
            "users delete alice --anonymous",
            "users finish-disconnects --yes",
        ] {
            assert!(parsed(line).is_err(), "{line}");
        }
    }

    #[test]
    fn the_address_of_the_database_is_not_handed_on_among_the_words() {
        for line in [
            "keys status --database-url postgres://u:hunter2@h/d",
            "keys --database-url=postgres://u:hunter2@h/d status",
        ] {
            let flags = parsed(line).unwrap().unwrap();
            assert_eq!(flags.said, ["keys", "status"]);
            assert_eq!(
                flags.database_url.as_deref(),
                Some("postgres://u:hunter2@h/d")
            );
        }
        let stray = parsed("import agno postgres://u:hunter2@h/d").unwrap_err();
        assert!(!stray.to_string().contains("hunter2"), "{stray}");
    }

    /// The flags of each task's own part of the help, by the words of the task.
    fn helped() -> Vec<(String, BTreeSet<String>)> {
        let mut parts: Vec<(String, BTreeSet<String>)> = Vec::new();
        for line in HELP.lines().filter(|line| line.starts_with("  ")) {
            if !line.starts_with("   ") {
                let words = line.split_whitespace();
                let words = words.take_while(|it| it.starts_with(char::is_lowercase));
                let words: Vec<_> = words.take(2).collect();
                parts.push((words.join(" "), BTreeSet::new()));
            }
            let words = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
            let flags = words.filter_map(|word| word.strip_prefix("--"));
            parts.last_mut().unwrap().1.extend(flags.map(str::to_owned));
        }
        parts
    }

    #[test]
    fn the_help_names_every_task_and_flag_that_is_taken_and_no_other() {
        let parts = helped();
        let tasks: Vec<_> = parts.iter().map(|(task, _)| task.as_str()).collect();
        let all = [
            ("import token-json", Operation::ImportTokenJson("f".into())),
            ("import agno", Operation::ImportAgno),
            ("export token-json", Operation::ExportTokenJson),
            ("export agno", Operation::ExportAgno),
            ("keys status", Operation::KeysStatus),
            ("keys rotate", Operation::KeysRotate),
            ("doctor", Operation::Doctor),
            ("users delete", Operation::UsersDelete(None)),
            (
                "users finish-disconnects",
                Operation::UsersFinishDisconnects,
            ),
        ];
        assert_eq!(tasks, all.clone().map(|(words, _)| words));
        for ((words, task), (_, helped)) in all.iter().zip(&parts) {
            let taken = known(task).into_iter().map(str::to_owned);
            assert_eq!(*helped, taken.collect(), "{words}");
        }
        for flag in ["--database-url", "--token-table"] {
            assert!(HELP.contains(flag), "{flag}");
        }
    }
}
