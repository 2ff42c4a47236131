#pragma once

class PushHub;
class Router;

// The address of the WebSocket: GET /api/v1/push.
void addPushRoutes(Router &router, PushHub &hub);
