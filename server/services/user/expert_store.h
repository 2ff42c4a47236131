#pragma once

#include "server/db/session.h"
#include "server/services/user/people_filter.h"
#include "shared/api/expert.h"

// The SQL of experts in the schema `users`.
namespace expert_store {

Result<bool> insert(Session &session, const api::Expert &expert); // false: the e-mail is an expert's already
Result<std::optional<api::Expert>> findByEmail(Session &session, const Email &email);
Result<void> remove(Session &session, api::AccountId id);
Result<std::optional<api::Expert>> find(Session &session, api::AccountId id);
Result<std::optional<api::Expert>> lock(Session &session, api::AccountId id);
Result<void> save(Session &session, const api::Expert &expert);
Result<void> savePosition(Session &session, api::AccountId id, const Position &position);
Result<QList<api::Expert>> list(Session &session, const PeopleFilter &filter);
Result<qint64> count(Session &session, const PeopleFilter &filter);

} // namespace expert_store
