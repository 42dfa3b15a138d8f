//! What clients and the daemon say to each other about operators and their roles.

use crate::domain::role::{Role, Roles, Whom};
use crate::domain::{ConversationId, OperatorName, Time};
use serde::{Deserialize, Serialize};

/// Something to do with operators.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OperatorAsk {
    /// Give an operator or a group a role.
    Put(Whom, Role),
    /// Keep an operator out from now on; of a group, take its role away.
    Remove(Whom),
}

/// An operator who has worked on the desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorRow {
    /// Who.
    pub operator: OperatorName,
    /// Their role by the file, without the groups they may be in; `None` = they may not use the desk.
    pub role: Option<Role>,
    /// Their cockpits that are attached.
    pub cockpits: u32,
    /// When their last session ended; `None` = that is not known.
    pub last: Option<Time>,
    /// Where they came from, as their clients said; nobody checked it. The newest first.
    #[serde(default)]
    pub hosts: Vec<Host>,
}

/// A host that an operator came from, as their client said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    /// Its name or address; empty when the client told none.
    pub host: String,
    /// When they first came from there.
    pub first: Time,
    /// When they last did, to the hour.
    pub last: Time,
}

/// Somebody came whom the desk had never seen, or from where it had never seen them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Came {
    /// Who.
    pub operator: OperatorName,
    /// From where, as their client said; nobody checked it.
    pub host: String,
    /// True for one whom the desk had never seen.
    pub is_new: bool,
}

/// Everybody who may use the desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct People {
    /// What the file says.
    pub roles: Roles,
    /// Those who have worked on it, by name.
    pub operators: Vec<OperatorRow>,
}

/// Somebody who looks at a conversation or answers it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Presence {
    /// Who.
    pub operator: OperatorName,
    /// The conversation; `None` = on the desk, looking at none.
    pub on: Option<ConversationId>,
    /// True while their composer is open on it.
    pub replying: bool,
}
