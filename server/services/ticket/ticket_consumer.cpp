#include "server/services/ticket/ticket_consumer.h"

#include "server/services/billing/billing_events.h"
#include "server/services/catalog/catalog_events.h"
#include "server/services/ticket/ticket_service.h"

std::shared_ptr<const Consumer> ticketConsumer(const TicketService &tickets)
{
    auto consumer = std::make_shared<Consumer>(QStringLiteral("ticket"), "squad_ticket");
    consumer->on<AssignmentProposed>(
        [&](Session &session, const Event &event, const AssignmentProposed &proposal) {
            return tickets.take(session, proposal, event.traceId);
        }
    );
    consumer->on<MatchFailed>([&](Session &session, const Event &event, const MatchFailed &failure) {
        return tickets.take(session, failure, event.traceId);
    });
    consumer->onType(
        QStringLiteral("timer.fired.ticket"),
        [&](Session &session, const Event &event) -> Result<void> {
            return tickets.wake(session, TRY(json::fromJson<TimerFired>(event.payload)), event.traceId);
        }
    );
    consumer->on<SubscriptionOrdered>(
        [&](Session &session, const Event &event, const SubscriptionOrdered &order) {
            const CoverageRow row {
                .subscriptionId = order.subscriptionId,
                .customerId = order.customerId,
                .categories = {},
                .pending = true,
            };
            return tickets.learnCoverage(session, row, event.traceId);
        }
    );
    consumer->on<SubscriptionPaused>([&](Session &session, const Event &, const SubscriptionPaused &paused) {
        return tickets.pauseCoverage(session, paused.subscriptionId);
    });
    consumer->on<SubscriptionActivated>(
        [&](Session &session, const Event &event, const SubscriptionActivated &plan) {
            const CoverageRow row {
                .subscriptionId = plan.subscriptionId,
                .customerId = plan.customerId,
                .categories = plan.categories,
                .priority = plan.priority,
                .assignMinutes = plan.sla.assign,
                .acceptMinutes = plan.sla.accept,
                .arriveMinutes = plan.sla.arrive,
                .resolveMinutes = plan.sla.resolve,
                .counting = plan.sla.counting,
                .visitsPerYear = plan.visitsPerYear.value_or(0),
            };
            return tickets.learnCoverage(session, row, event.traceId);
        }
    );
    consumer->on<SubscriptionCancelled>(
        [&](Session &session, const Event &, const SubscriptionCancelled &ended) {
            return tickets.endCoverage(session, ended.subscriptionId);
        }
    );
    consumer->on<DeviceRegistered>([&](Session &session, const Event &event, const DeviceRegistered &device) {
        const OwnedDevice row { device.deviceId, device.customerId, device.productId, device.serialKey };
        return tickets.learnDevice(session, row, event.traceId);
    });
    consumer->on<DeviceRemoved>([&](Session &session, const Event &, const DeviceRemoved &device) {
        return tickets.forgetDevice(session, device.deviceId);
    });
    // A plan that is not paid goes on for the tickets it covers, and covers no new ones.
    consumer->on<StandingChanged>([&](Session &session, const Event &, const StandingChanged &change) {
        const bool covers = change.standing == Standing::good || change.standing == Standing::warned;
        return tickets.setCovering(session, change.invoice.subscriptionId, covers);
    });
    return consumer;
}
