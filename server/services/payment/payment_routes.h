#pragma once

class PaymentService;
class Router;
class Routes;

void addPaymentRoutes(Routes &routes, Router &router, PaymentService &payments);
