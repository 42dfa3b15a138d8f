//! What each role may ask of the daemon. Every question of every client passes here; nothing in a
//! client decides it.

use super::hub::Hub;
use super::identity::Identity;
use crate::domain::role::{Role, Roles};
use crate::domain::{OperatorName, Refusal};
use crate::wire::archive::ArchiveAsk;
use crate::wire::channel::ChannelAsk;
use crate::wire::erase::EraseAsk;
use crate::wire::message::Ask;
use nix::unistd::{Group, Uid, User, getgrouplist};
use std::ffi::CString;

/// What a question needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// A role, or a higher one.
    Role(Role),
    /// The account that owns the desk, or root: it has a program of the asker's run under the desk's
    /// account.
    Owner,
}

/// What a question needs. Every one is named: a new one is nobody's by accident.
pub fn needs(ask: &Ask) -> Needs {
    Needs::Role(match ask {
        Ask::Channel(ChannelAsk::Add(_)) => return Needs::Owner,
        Ask::Erase(EraseAsk::Copied { .. }) => Role::Lead,
        Ask::Erase(_) => Role::Admin,
        Ask::Channel(_) | Ask::Stop | Ask::Restore { .. } | Ask::Operator(_) => Role::Admin,
        Ask::Export { .. }
        | Ask::ReloadPolicies
        | Ask::Operators
        | Ask::Archive(ArchiveAsk::Run { .. }) => Role::Lead,
        Ask::Archive(ArchiveAsk::Months) => Role::Viewer,
        Ask::Do(_)
        | Ask::Ingest { .. }
        | Ask::Draft { .. }
        | Ask::Suggest(_)
        | Ask::Cursor(_)
        // These tell of single people, or let one look for them.
        | Ask::Past(_)
        | Ask::Search { .. }
        | Ask::Archive(_)
        | Ask::Journal { .. }
        | Ask::Corrections { .. }
        | Ask::PreviewPolicies { .. } => Role::Agent,
        Ask::Show(_)
        | Ask::List { .. }
        | Ask::Channels
        | Ask::Macros
        | Ask::Topics
        | Ask::Feedback { .. }
        | Ask::Responses
        | Ask::Explain(_)
        | Ask::Views
        | Ask::Service { .. }
        | Ask::Forecast { .. }
        | Ask::Figures
        | Ask::Series { .. }
        | Ask::Line(_)
        | Ask::Alerts { .. }
        | Ask::Book
        | Ask::Board(_)
        | Ask::TopPosts(_)
        | Ask::Report(_)
        | Ask::Calendar(_)
        | Ask::Post(_)
        | Ask::Posts { .. }
        | Ask::Assets
        | Ask::Histories
        | Ask::Best { .. }
        | Ask::Expected(_)
        | Ask::Status => Role::Viewer,
    })
}

/// Whether the answer tells of single people in a way that cannot be masked.
fn tells_of_people(ask: &Ask) -> bool {
    matches!(
        ask,
        Ask::Past(_)
            | Ask::Journal { .. }
            | Ask::Corrections { .. }
            | Ask::Suggest(_)
            | Ask::PreviewPolicies { .. }
            | Ask::Export { .. }
            | Ask::Erase(EraseAsk::Find { .. })
    )
}

/// The role of whoever is behind a session; `None` = they may not use the desk.
pub fn role(hub: &Hub, who: &Identity, groups: &[String]) -> Option<Role> {
    let rules = hub.rules();
    let owns = who.uid == hub.about.owner || who.uid == 0;
    of(&rules.roles, &who.operator, groups, owns, who.declared)
}

fn of(
    roles: &Roles,
    operator: &OperatorName,
    groups: &[String],
    owns: bool,
    declared: bool,
) -> Option<Role> {
    match (owns, declared) {
        // Whoever has the account has the files.
        (true, false) => Some(Role::Admin),
        // Several people on the owner's own account: a name that the file gives a role has that.
        (true, true) => Roles { default: Some(Role::Admin), ..roles.clone() }.of(operator, groups),
        (false, _) => roles.of(operator, groups),
    }
}

/// Whether a question may be asked by a role.
///
/// # Errors
/// Says which role it needs.
pub fn check(ask: &Ask, roles: &Roles, role: Role, owns: bool) -> Result<(), Refusal> {
    let needs = match (needs(ask), roles.unmasked()) {
        (Needs::Role(needs), Some(sees)) if tells_of_people(ask) => Needs::Role(needs.max(sees)),
        (Needs::Role(_), None) if tells_of_people(ask) => Needs::Owner,
        (needs, _) => needs,
    };
    match needs {
        Needs::Owner if owns => Ok(()),
        Needs::Owner => Err(Refusal::OwnerOnly),
        Needs::Role(needs) if role >= needs => Ok(()),
        Needs::Role(needs) => Err(Refusal::NotYourRole { needs, role }),
    }
}

/// The groups an account is in, by name. Empty when the system does not know it.
pub fn groups_of(uid: u32) -> Vec<String> {
    let Ok(Some(user)) = User::from_uid(Uid::from_raw(uid)) else { return Vec::new() };
    let Ok(name) = CString::new(user.name) else { return Vec::new() };
    let ids = getgrouplist(&name, user.gid).unwrap_or_default();
    ids.into_iter().filter_map(|id| Group::from_gid(id).ok().flatten()).map(|g| g.name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::role::Whom;
    use crate::domain::{Command, Time};
    use rstest::rstest;

    #[rstest]
    #[case(Ask::Status, Role::Viewer)]
    #[case(Ask::Topics, Role::Viewer)]
    #[case(Ask::Do(Command::Undo), Role::Agent)]
    #[case(Ask::Journal { from: 0 }, Role::Agent)]
    #[case(Ask::Ingest { cursor: None, events: vec![] }, Role::Agent)]
    #[case(Ask::Export { after: None }, Role::Lead)]
    #[case(Ask::ReloadPolicies, Role::Lead)]
    #[case(Ask::Archive(ArchiveAsk::Months), Role::Viewer)]
    #[case(Ask::Archive(ArchiveAsk::BringBack(vec![])), Role::Agent)]
    #[case(Ask::Archive(ArchiveAsk::Search { query: String::new(), after: None }), Role::Agent)]
    #[case(Ask::Archive(ArchiveAsk::Run { before: Time(0), after: None, dry: true }), Role::Lead)]
    #[case(Ask::Stop, Role::Admin)]
    #[case(Ask::Restore { lines: vec![], last: true }, Role::Admin)]
    #[case(Ask::Channel(ChannelAsk::Pause(crate::domain::ChannelId("weibo".into()))), Role::Admin)]
    fn what_needs_which(#[case] ask: Ask, #[case] least: Role) {
        for role in Role::ALL {
            let may = check(&ask, &Roles::default(), role, false);
            assert_eq!(may.is_ok(), role >= least, "{ask:?} {role:?}");
            if let Err(why) = may {
                assert_eq!(why, Refusal::NotYourRole { needs: least, role });
            }
        }
    }

    #[test]
    fn a_viewer_changes_nothing_whatever_the_command() {
        let undo = Ask::Do(Command::Undo);
        let roles = Roles::default();
        assert!(check(&undo, &roles, Role::Viewer, false).is_err());
        let feedback = Ask::Feedback { from: Time(0), to: Time(1) };
        assert!(check(&feedback, &roles, Role::Viewer, false).is_ok());
    }

    #[test]
    fn whoever_sees_masked_data_is_not_told_of_people_in_another_way() {
        let masked = |up_to| Roles { masked: Some(up_to), ..Roles::default() };
        let journal = Ask::Journal { from: 0 };
        let refused = |roles: &Roles, ask: &Ask, role| check(ask, roles, role, false).err();
        let needs = |needs, role| Some(Refusal::NotYourRole { needs, role });
        let of_agents = masked(Role::Agent);
        assert_eq!(refused(&of_agents, &journal, Role::Agent), needs(Role::Lead, Role::Agent));
        assert_eq!(refused(&of_agents, &journal, Role::Lead), None);
        assert_eq!(refused(&of_agents, &Ask::Do(Command::Undo), Role::Agent), None);
        let export = Ask::Export { after: None };
        assert_eq!(
            refused(&masked(Role::Lead), &export, Role::Lead),
            needs(Role::Admin, Role::Lead)
        );
        assert_eq!(refused(&masked(Role::Admin), &export, Role::Admin), Some(Refusal::OwnerOnly));
    }

    #[rstest]
    #[case::the_account_itself(true, false, Some(Role::Admin))]
    #[case::a_name_on_the_account(true, true, Some(Role::Viewer))]
    #[case::somebody_else(false, false, Some(Role::Viewer))]
    fn the_owner_is_an_admin(
        #[case] owns: bool,
        #[case] declared: bool,
        #[case] role: Option<Role>,
    ) {
        let eve = OperatorName("eve".into());
        let given = vec![(Whom::Operator(eve.clone()), Role::Viewer)];
        let roles = Roles { given, default: None, ..Roles::default() };
        assert_eq!(of(&roles, &eve, &[], owns, declared), role);
        let zoe = OperatorName("zoe".into());
        assert_eq!(of(&roles, &zoe, &[], owns, declared), owns.then_some(Role::Admin));
    }

    #[test]
    fn an_account_is_in_its_groups() {
        assert!(groups_of(0).contains(&"root".to_owned()), "{:?}", groups_of(0));
        assert_eq!(groups_of(4_000_000_123), Vec::<String>::new());
    }
}
