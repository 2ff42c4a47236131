#include "server/services/payment/payment_routes.h"

#include "server/http/problem_response.h"
#include "server/http/routes.h"
#include "server/services/payment/payment_service.h"

namespace {

constexpr qint64 largestWebhook = 256 * 1024;

// Not part of the API of our clients: the vendor calls it, and signs what it says.
void addWebhookRoute(Router &router, PaymentService &payments)
{
    Router::Route route;
    route.method = api::Method::post;
    route.path = toQString(api::basePath) + QStringLiteral("/webhooks/payment");
    route.bodyLimit = largestWebhook;
    route.handler = [&payments](const RequestPtr &request, const Responder &respond) {
        const auto take = [&payments, request, respond] {
            const Result<void> taken
                = payments.takeWebhook(request->headers.value("stripe-signature"), request->body);
            respond(taken ? Response::empty() : problemResponse(taken.error(), request->caller.requestId));
        };
        if (!payments.threads().post(take))
            respond(busyResponse(QStringLiteral("Too many webhooks wait already."), request->caller.requestId)
            );
    };
    router.add(std::move(route));
}

} // namespace

void addPaymentRoutes(Routes &routes, Router &router, PaymentService &payments)
{
    CardService &cards = payments.cards();
    routes.on<api::payment::AddCard>(
        payments.threads(),
        [&cards](Session &, const Caller &by, const api::NewCard &card) { return cards.add(by, card); }
    );
    routes.on<api::payment::Cards>([&cards](Session &session, const Caller &by) {
        return cards.list(session, by);
    });
    routes.on<api::payment::RemoveCard>(
        [&cards](Session &session, const Caller &by, const api::CardRef &ref) -> Result<api::Nothing> {
            TRY(cards.remove(session, by, ref.id));
            return api::Nothing {};
        }
    );
    routes.on<api::payment::UseCard>([&cards](Session &session, const Caller &by, const api::CardRef &ref) {
        return cards.use(session, by, ref.id);
    });
    addWebhookRoute(router, payments);
}
