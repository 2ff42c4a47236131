#include "server/services/notification/notification_routes.h"

#include "server/http/problem_response.h"
#include "server/http/routes.h"
#include "server/services/notification/notification_service.h"
#include "server/services/notification/receipt_address.h"
#include "server/services/notification/template_service.h"

namespace {

constexpr qint64 largestReceipt = 16 * 1024;

Result<api::MessageId> messageIn(const Request &request)
{
    const QStringList named = request.query.values(QStringLiteral("message"));
    const auto id = api::MessageId::parse(named.size() == 1 ? named.first() : QString());
    if (!id)
        return fail(Problem::notFound(QStringLiteral("There is no such message.")));
    return *id;
}

} // namespace

void addNotificationRoutes(Routes &routes, const NotificationService &notification)
{
    using namespace api::message;
    routes.on<OfTicket>([&](Session &session, const Caller &by, const api::TicketRef &ref) {
        return notification.ofTicket(session, by, ref.id);
    });
    routes.on<Preferences>([&](Session &session, const Caller &by) {
        return notification.preferences(session, by);
    });
    routes.on<Vendors>([&](Session &session, const Caller &by) { return notification.rates(session, by); });
    routes.on<Prefer>([&](Session &session, const Caller &by, const api::MessagePreferences &wanted) {
        return notification.prefer(session, by, wanted);
    });
}

void addTemplateRoutes(Routes &routes, const TemplateService &templates)
{
    using namespace api::message;
    routes.on<Templates>([&](Session &session, const Caller &) { return templates.current(session); });
    routes.on<TemplateVersions>([&](Session &session, const Caller &, const api::MessageTemplateQuery &query
                                ) { return templates.versions(session, query); });
    routes.on<SaveTemplate>([&](Session &session, const Caller &by, const api::MessageTemplateDraft &draft) {
        return templates.save(session, by, draft);
    });
    routes.on<PreviewTemplate>([&](Session &, const Caller &, const api::MessageTemplateDraft &draft) {
        return templates.preview(draft);
    });
}

void addReceiptRoutes(
    Router &router, Database &database, const NotificationService &notification, const ReceiptDoor &door
)
{
    const QByteArray server = door.server.toEncoded(QUrl::RemovePath | QUrl::RemoveQuery);
    for (const ReceiptSource &source : door.sources) {
        Router::Route route;
        route.method = api::Method::post;
        route.path = QString::fromLatin1(receiptPath) + source.vendor;
        route.bodyLimit = largestReceipt;
        route.handler =
            [&database, &notification, server, source](const RequestPtr &request, const Responder &respond) {
                const QString requestId = request->caller.requestId;
                // Who cannot prove who they are costs the database nothing.
                const auto receipt = source.read({ server + request->target,
                                                   request->query.value(QStringLiteral("message")),
                                                   request->headers.value(source.signatureHeader),
                                                   request->body });
                if (!receipt)
                    return respond(problemResponse(receipt.error(), requestId));
                const Result<api::MessageId> id = messageIn(*request);
                if (!id)
                    return respond(problemResponse(id.error(), requestId));
                if (!*receipt)
                    return respond(Response::empty());
                const auto hear = [&database,
                                   &notification,
                                   vendor = source.vendor,
                                   receipt = **receipt,
                                   id = *id,
                                   requestId,
                                   respond] {
                    const Result<void> heard
                        = database.transact(notification_store::role, [&](Session &session) {
                              return notification.hear(session, vendor, id, receipt);
                          });
                    respond(heard ? Response::empty() : problemResponse(heard.error(), requestId));
                };
                if (!database.post(hear))
                    respond(busyResponse(QStringLiteral("Too many receipts wait already."), requestId));
            };
        router.add(std::move(route));
    }
}
