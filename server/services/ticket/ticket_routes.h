#pragma once

class Routes;
class TicketService;

// Which endpoint calls which rule. `tickets` outlives the routes.
void addTicketRoutes(Routes &routes, const TicketService &tickets);
