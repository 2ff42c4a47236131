#pragma once

class NotificationService;
class Routes;

void addNotificationRoutes(Routes &routes, const NotificationService &notification);
