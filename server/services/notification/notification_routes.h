#pragma once

#include "server/services/notification/delivery_receipt.h"

#include <QUrl>

class Database;
class NotificationService;
class Router;
class Routes;
class TemplateService;

void addNotificationRoutes(Routes &routes, const NotificationService &notification);
void addTemplateRoutes(Routes &routes, const TemplateService &templates);

// Where vendors tell what became of messages. Not part of the API of our clients: each proves who it is.
// `server` is this installation as they know it.
struct ReceiptDoor
{
    QUrl server;
    QList<ReceiptSource> sources;
};
void addReceiptRoutes(
    Router &router, Database &database, const NotificationService &notification, const ReceiptDoor &door
);
