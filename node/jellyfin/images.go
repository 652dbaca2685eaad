package jellyfin

var imageRoutes = []Route{}
