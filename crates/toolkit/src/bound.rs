//! Bound toolkits: a definition, the store it got, and the guard over that store.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use toolgate_auth::store::Database;
use toolgate_auth::{
    Access, BoundGoogleAuth, BoundServiceAccount, GoogleAuth, Principal, Requirement, Service,
    TokenFile, ToolkitScopes,
};

use crate::binding::{BindingMode, BindingReason, BindingReport, StoreChoice, Wish, decide};
use crate::error::ToolError;
use crate::fault::{Error, ErrorKind};
use crate::tool::Tool;
use crate::toolkit::Toolkit;

/// A toolkit with a way to tokens. It holds no person: each run derives one person's tools from it.
#[derive(Clone, Debug)]
pub struct BoundToolkit {
    toolkit: Arc<dyn Toolkit>,
    tools: Vec<Arc<dyn Tool>>,
    way: Way,
    report: BindingReport,
}

#[derive(Clone, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is one for each toolkit, and each run copies what is in it anyway"
)]
enum Way {
    Guard(BoundGoogleAuth),
    Credential(Access),
    Service(BoundServiceAccount),
    Nothing,
}

/// A toolkit, and the database of the agent that it is given to, if that has one.
pub type Unbound = (Arc<dyn Toolkit>, Option<Arc<dyn Database>>);

/// Binds toolkits, each with the database of its agent, if any. Those that share a `GoogleAuth` and
/// a store share one guard and one consent.
///
/// # Errors
/// When a toolkit needs a store and gets none, has a store but no way to obtain consent, two would
/// keep different consents in one token file, or the keys and the database do not fit.
pub async fn bind(toolkits: Vec<Unbound>) -> Result<Vec<BoundToolkit>, Error> {
    let mut planner = Planner::default();
    let mut plans = Vec::new();
    for (toolkit, agent) in toolkits {
        plans.push(planner.plan(toolkit, agent)?);
    }
    let mut guards = Vec::new();
    for group in planner.groups {
        guards.push(group.bind().await?);
    }
    Ok(plans
        .into_iter()
        .map(|plan| plan.carry_out(&guards))
        .collect())
}

/// Toolkits that share a guard.
struct Group {
    google: GoogleAuth,
    store: Arc<dyn Database>,
    service: Service,
    needs: BTreeMap<&'static str, Requirement>,
}

impl Group {
    fn is_for(&self, google: &GoogleAuth, store: &Arc<dyn Database>, service: &Service) -> bool {
        self.google.is_same(google) && self.is_in(store) && self.service == *service
    }

    fn is_in(&self, store: &Arc<dyn Database>) -> bool {
        std::ptr::addr_eq(Arc::as_ptr(&self.store), Arc::as_ptr(store))
    }

    async fn bind(self) -> Result<BoundGoogleAuth, Error> {
        let names: Vec<&str> = self.needs.keys().copied().collect();
        let toolkits = names.join(", ");
        let scopes = self
            .needs
            .into_iter()
            .map(|(name, needs)| ToolkitScopes::new(name, needs));
        let bound = self
            .google
            .bind(&*self.store, self.service, scopes.collect())
            .await;
        bound.map_err(|source| Error::from(ErrorKind::Bind { toolkits, source }))
    }
}

struct Plan {
    toolkit: Arc<dyn Toolkit>,
    report: BindingReport,
    group: Option<usize>,
}

impl Plan {
    fn carry_out(self, guards: &[BoundGoogleAuth]) -> BoundToolkit {
        let guard = self.group.and_then(|index| guards.get(index)).cloned();
        let consent = self.toolkit.consent();
        let way = match (guard, consent.access(), service_account(&*self.toolkit)) {
            (Some(guard), ..) => Way::Guard(guard),
            (None, Some(access), _) => Way::Credential(access.clone()),
            (None, None, Some(service)) => Way::Service(service),
            (None, None, None) => Way::Nothing,
        };
        let mut report = self.report;
        if let Way::Guard(guard) = &way {
            report.key_file = guard.key_file().map(Into::into);
        }
        BoundToolkit {
            tools: self.toolkit.tools(),
            toolkit: self.toolkit,
            way,
            report,
        }
    }
}

/// The service account that stands in for consent, with what this toolkit needs.
fn service_account(toolkit: &dyn Toolkit) -> Option<BoundServiceAccount> {
    let google = toolkit.consent().google_auth()?;
    google.bind_service_account(ToolkitScopes::new(toolkit.name(), toolkit.requirement()))
}

/// What is planned so far.
#[derive(Default)]
struct Planner {
    groups: Vec<Group>,
    /// One for each path, so that toolkits that name it share it.
    files: BTreeMap<PathBuf, Arc<dyn Database>>,
}

impl Planner {
    fn plan(
        &mut self,
        toolkit: Arc<dyn Toolkit>,
        agent: Option<Arc<dyn Database>>,
    ) -> Result<Plan, Error> {
        let consent = toolkit.consent();
        let explicit = consent.store();
        let (choice, report) = decide(
            Wish::of(&*toolkit),
            explicit.map(|it| &**it),
            agent.as_deref(),
        )?;
        let store = match choice {
            StoreChoice::Explicit => explicit.cloned(),
            StoreChoice::Agent => agent,
            StoreChoice::TokenFile => Some(self.file(consent.token_file())),
            StoreChoice::None => None,
        };
        let (Some(store), Some(service)) = (store, report.service.clone()) else {
            return Ok(Plan {
                toolkit,
                report,
                group: None,
            });
        };
        let name = toolkit.name();
        let google = consent.google_auth().cloned();
        let google = google.ok_or(ErrorKind::NoCredentialSource { toolkit: name })?;
        let group = Group {
            google,
            store,
            service,
            needs: BTreeMap::new(),
        };
        let index = self.join(group, name, choice)?;
        let needs = self.groups[index].needs.entry(name).or_default();
        *needs = needs.union(&toolkit.requirement());
        Ok(Plan {
            toolkit,
            report,
            group: Some(index),
        })
    }

    fn file(&mut self, path: &Path) -> Arc<dyn Database> {
        let file = TokenFile::new(path);
        let known = self.files.entry(file.path().to_owned());
        Arc::clone(known.or_insert_with(|| Arc::new(file)))
    }

    /// The group that is the same, or this one. There is one consent in a file.
    fn join(
        &mut self,
        group: Group,
        toolkit: &'static str,
        choice: StoreChoice,
    ) -> Result<usize, Error> {
        let Group {
            google,
            store,
            service,
            ..
        } = &group;
        let mut groups = self.groups.iter();
        if let Some(index) = groups.position(|it| it.is_for(google, store, service)) {
            return Ok(index);
        }
        let mut groups = self.groups.iter();
        if choice == StoreChoice::TokenFile
            && let Some(other) = groups.find(|it| it.is_in(store))
            && let Some(other) = other.needs.keys().next()
        {
            let (file, other) = (store.describe(), *other);
            return Err(Error::from(ErrorKind::TokenFileShared {
                toolkit,
                other,
                file,
            }));
        }
        self.groups.push(group);
        Ok(self.groups.len() - 1)
    }
}

impl BoundToolkit {
    /// A toolkit with this way to Google for whoever runs it, whatever it was given itself: for
    /// scripts with an access token, and for tests.
    pub fn with_access(toolkit: Arc<dyn Toolkit>, access: Access) -> Self {
        let report = BindingReport {
            toolkit: toolkit.name(),
            store: None,
            reason: BindingReason::ExplicitCredential,
            service: None,
            mode: BindingMode::ExplicitCredential,
            skipped: None,
            key_file: None,
        };
        Self {
            tools: toolkit.tools(),
            toolkit,
            way: Way::Credential(access),
            report,
        }
    }

    /// A toolkit that works with the consent of others, such as one that hands out their links. It
    /// has none of its own.
    pub fn beside(toolkit: Arc<dyn Toolkit>, auth: BoundGoogleAuth) -> Self {
        let report = BindingReport {
            toolkit: toolkit.name(),
            store: Some(auth.database().to_owned()),
            reason: BindingReason::SharedConsent,
            service: Some(auth.service().clone()),
            mode: BindingMode::Coordinated,
            skipped: None,
            key_file: None,
        };
        Self {
            tools: toolkit.tools(),
            toolkit,
            way: Way::Guard(auth),
            report,
        }
    }

    /// The same, told as bound to the database of the team that its agent is a member of.
    #[must_use]
    pub fn of_team(self) -> Self {
        Self {
            report: self.report.of_team(),
            ..self
        }
    }

    /// The toolkit's name.
    pub fn name(&self) -> &'static str {
        self.toolkit.name()
    }

    /// The definition.
    pub fn toolkit(&self) -> &Arc<dyn Toolkit> {
        &self.toolkit
    }

    /// Its tools.
    pub fn tools(&self) -> &[Arc<dyn Tool>] {
        &self.tools
    }

    /// Which store it got, and why.
    pub fn report(&self) -> &BindingReport {
        &self.report
    }

    /// The guard over its store, where it has one: for the sign-in pages and `authenticate_google`.
    pub fn auth(&self) -> Option<&BoundGoogleAuth> {
        match &self.way {
            Way::Guard(guard) => Some(guard),
            Way::Credential(_) | Way::Service(_) | Way::Nothing => None,
        }
    }

    /// The guard, where a person may have several accounts under it.
    pub(crate) fn several_accounts(&self) -> Option<&BoundGoogleAuth> {
        self.auth().filter(|auth| auth.has_several_accounts())
    }

    /// One person's way to Google.
    pub(crate) fn access(&self, principal: &Principal) -> Result<Access, ToolError> {
        match &self.way {
            Way::Guard(guard) => Ok(guard.access(principal, self.name())),
            Way::Credential(access) => Ok(access.clone()),
            Way::Service(service) => Ok(service.access(principal)),
            Way::Nothing => Err(ToolError::internal(format!(
                "{} has no way to Google: give it a GoogleAuth or an access token, or set \
                 GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET for an agent without a database, or \
                 GOOGLE_SERVICE_ACCOUNT_FILE",
                self.name()
            ))),
        }
    }
}
