#include "server/services/user/user_routes.h"

#include "server/events/consumer.h"
#include "server/http/routes.h"
#include "server/services/gateway/gateway_events.h"
#include "server/services/user/customer_service.h"
#include "server/services/user/expert_service.h"
#include "shared/api/customer.h"

namespace {

void addExpertRoutes(Routes &routes, ExpertService &experts)
{
    using namespace api::expert;
    routes.on<List>([&](Session &session, const Caller &, const api::PeopleQuery &query) {
        return experts.list(session, query);
    });
    // It hashes a password.
    routes.on<Create>(
        experts.passwordThreads(),
        [&](Session &session, const Caller &by, const api::NewExpert &wanted) {
            return experts.create(session, by, wanted);
        }
    );
    routes.on<Fetch>([&](Session &session, const Caller &by, const api::AccountRef &ref) {
        return experts.fetch(session, by, ref.id);
    });
    routes.on<Change>(
        [&](Session &session, const Caller &by, const api::AccountRef &ref, const api::ExpertChange &change) {
            return experts.change(session, by, ref.id, change);
        }
    );
    routes.on<SetAvailability>([&](Session &session, const Caller &by, const api::AvailabilityChange &change
                               ) { return experts.setAvailability(session, by, change.availability); });
    routes.on<SetPosition>(
        [&](Session &session, const Caller &by, const Position &position) -> Result<api::Nothing> {
            TRY(experts.setPosition(session, by, position));
            return api::Nothing {};
        }
    );
}

} // namespace

void addUserRoutes(Routes &routes, ExpertService &experts, const CustomerService &customers)
{
    addExpertRoutes(routes, experts);
    routes.on<api::me::Fetch>([&](Session &session, const Caller &by) { return customers.me(session, by); });
    routes.on<api::me::Change>([&](Session &session, const Caller &by, const api::AccountChange &change) {
        return customers.changeMe(session, by, change);
    });
    routes.on<api::customer::Fetch>([&](Session &session, const Caller &, const api::AccountRef &ref) {
        return customers.fetch(session, ref.id);
    });
    routes.on<api::customer::List>([&](Session &session, const Caller &, const api::PeopleQuery &query) {
        return customers.list(session, query);
    });
}

std::shared_ptr<const Consumer> userConsumer(const CustomerService &customers)
{
    auto consumer = std::make_shared<Consumer>(QStringLiteral("user"), "squad_users");
    consumer->on<AccountRegistered>([&](Session &session, const Event &event, const AccountRegistered &account
                                    ) { return customers.learn(session, account, event.occurredAt); });
    return consumer;
}
