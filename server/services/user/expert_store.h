#pragma once

#include "server/db/session.h"
#include "server/services/user/people_filter.h"
#include "shared/api/expert.h"

// The SQL of experts in the schema `users`.
namespace expert_store {

// Those who are being hired; nobody else sees them.
Result<bool> insertHiring(Session &session, const api::Expert &expert); // false: the e-mail is known
Result<std::optional<api::AccountId>> lockHiring(Session &session, const Email &email);
// Nothing if there is no such one, or they are hired already.
Result<std::optional<api::Expert>> hire(Session &session, api::AccountId id);

Result<int> insert(Session &session, const QList<api::Expert> &experts); // hired at once
Result<QList<api::AccountId>> known(Session &session, const QList<api::AccountId> &ids); // those of them

Result<std::optional<api::Expert>> find(Session &session, api::AccountId id);
Result<std::optional<api::Expert>> lock(Session &session, api::AccountId id);
Result<void> save(Session &session, const api::Expert &expert);
Result<bool> savePosition(Session &session, api::AccountId id, const Position &position);
Result<QList<api::Expert>> list(Session &session, const PeopleFilter &filter);
Result<qint64> count(Session &session, const PeopleFilter &filter);

} // namespace expert_store
