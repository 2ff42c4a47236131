#pragma once

class GatewayService;
class Routes;

void addGatewayRoutes(Routes &routes, GatewayService &gateway);
