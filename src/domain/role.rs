//! Who may do what on a desk: four roles, each with all that the ones before it may.

use super::OperatorName;
use crate::text::Msg;
use crate::text::catalogue::refusals as say;
use serde::{Deserialize, Serialize};

/// A role, the one that may least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Looks, and changes nothing; personal data is masked.
    Viewer,
    /// Works the queues, brings events in, writes posts.
    Agent,
    /// Answers for the shift: what goes out of the desk as a whole, and its rules.
    Lead,
    /// Channels, operators, the desk itself.
    Admin,
}

impl Role {
    /// All of them, the one that may least first.
    pub const ALL: [Role; 4] = [Role::Viewer, Role::Agent, Role::Lead, Role::Admin];

    /// What people call it.
    pub fn label(self) -> Msg {
        match self {
            Role::Viewer => say::ROLE_VIEWER,
            Role::Agent => say::ROLE_AGENT,
            Role::Lead => say::ROLE_LEAD,
            Role::Admin => say::ROLE_ADMIN,
        }
    }

    /// Its name in files and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Role::Viewer => "viewer",
            Role::Agent => "agent",
            Role::Lead => "lead",
            Role::Admin => "admin",
        }
    }
}

/// Whom a line of the file is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Whom {
    /// An operator.
    Operator(OperatorName),
    /// Everybody in a group of accounts.
    Group(String),
}

impl Whom {
    /// As it is written: a name, or `@` and a group.
    pub fn parse(written: &str) -> Whom {
        match written.strip_prefix('@') {
            Some(group) => Whom::Group(group.to_owned()),
            None => Whom::Operator(OperatorName(written.to_owned())),
        }
    }
}

impl std::fmt::Display for Whom {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Whom::Operator(name) => write!(f, "{name}"),
            Whom::Group(group) => write!(f, "@{group}"),
        }
    }
}

/// The roles of a desk, as its file has them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roles {
    /// Of everybody who is named nowhere; `None` = they may not use the desk.
    pub default: Option<Role>,
    /// Who has which.
    pub given: Vec<(Whom, Role)>,
    /// Who may not use the desk any more.
    pub removed: Vec<OperatorName>,
    /// Up to which role personal data is masked; `None` = for nobody.
    pub masked: Option<Role>,
}

/// Whoever may reach the desk works on it; viewers see masked data.
impl Default for Roles {
    fn default() -> Roles {
        Roles {
            default: Some(Role::Agent),
            given: Vec::new(),
            removed: Vec::new(),
            masked: Some(Role::Viewer),
        }
    }
}

impl Roles {
    /// What holds when the file has a mistake and was never right: everybody looks, nobody works.
    pub fn closed() -> Roles {
        Roles { default: Some(Role::Viewer), ..Roles::default() }
    }

    /// The role of an operator who is in these groups; `None` = they may not use the desk. A line
    /// with their name goes before the ones with their groups; of those the highest counts.
    pub fn of(&self, operator: &OperatorName, groups: &[String]) -> Option<Role> {
        if self.removed.contains(operator) {
            return None;
        }
        let named = |whom: &Whom| *whom == Whom::Operator(operator.clone());
        let grouped = |whom: &Whom| matches!(whom, Whom::Group(g) if groups.contains(g));
        let by_name =
            self.given.iter().filter(|(whom, _)| named(whom)).map(|(_, role)| *role).max();
        let by_group =
            || self.given.iter().filter(|(whom, _)| grouped(whom)).map(|(_, role)| *role).max();
        by_name.or_else(by_group).or(self.default)
    }

    /// The least role that sees personal data; `None` = not even an admin does.
    pub fn unmasked(&self) -> Option<Role> {
        Role::ALL.into_iter().find(|role| !self.masks(*role))
    }

    /// Whether personal data is masked for a role.
    pub fn masks(&self, role: Role) -> bool {
        self.masked.is_some_and(|up_to| role <= up_to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn roles() -> Roles {
        let given = [
            ("amy", Role::Lead),
            ("@ops", Role::Agent),
            ("@leads", Role::Lead),
            ("eve", Role::Viewer),
        ];
        Roles {
            default: None,
            given: given.map(|(whom, role)| (Whom::parse(whom), role)).into(),
            removed: vec![OperatorName("mallory".into())],
            ..Roles::default()
        }
    }

    #[rstest]
    #[case::by_name("amy", &[], Some(Role::Lead))]
    #[case::by_group("bo", &["ops"], Some(Role::Agent))]
    #[case::the_highest_group("bo", &["ops", "leads"], Some(Role::Lead))]
    #[case::a_name_goes_before_groups("eve", &["ops", "leads"], Some(Role::Viewer))]
    #[case::nobody_else("zoe", &["staff"], None)]
    #[case::removed_ones_not_by_group_either("mallory", &["leads"], None)]
    #[case::a_group_is_no_name("ops", &[], None)]
    fn who_has_which(#[case] name: &str, #[case] groups: &[&str], #[case] role: Option<Role>) {
        let groups: Vec<String> = groups.iter().map(|g| (*g).to_owned()).collect();
        assert_eq!(roles().of(&OperatorName(name.into()), &groups), role);
    }

    #[test]
    fn a_desk_without_a_file_is_worked_on_by_whoever_reaches_it() {
        let amy = OperatorName("amy".into());
        assert_eq!(Roles::default().of(&amy, &[]), Some(Role::Agent));
        assert_eq!(Roles::closed().of(&amy, &[]), Some(Role::Viewer));
        assert!(Roles::default().masks(Role::Viewer) && !Roles::default().masks(Role::Agent));
    }
}
