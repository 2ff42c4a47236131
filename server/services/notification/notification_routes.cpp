#include "server/services/notification/notification_routes.h"

#include "server/http/routes.h"
#include "server/services/notification/notification_service.h"

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
