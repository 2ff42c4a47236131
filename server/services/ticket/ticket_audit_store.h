#pragma once

#include "server/db/session.h"
#include "server/services/ticket/ticket_audit.h"

// The SQL with which the schema `ticket` is looked over, a bounded piece at a time.
namespace ticket_audit_store {

// The ids after `after`, in the order of their bytes. A null UUID is before all.
Result<QList<api::TicketId>> ids(Session &session, const QUuid &after, int limit);
Result<QList<api::TicketId>> activeIds(Session &session, const QUuid &after, int limit);
Result<QList<VisitAudit>> activeVisits(Session &session, const QUuid &afterExpert, int limit);

// One for each id, in no order.
Result<QList<TicketAudit>> audit(Session &session, const QList<api::TicketId> &ids);

} // namespace ticket_audit_store
