package local

import (
	"context"
	"net/url"
	"os"
	"path/filepath"

	"github.com/redis/go-redis/v9"
)

func newRedis(dir string, paths programs, socket string, o Options) *server {
	data := filepath.Join(dir, "redis")
	return &server{
		name:    "Redis",
		dir:     data,
		program: paths[redisServer],
		args:    redisArgs(data, socket),
		prepare: func(context.Context, *os.File) error { return os.MkdirAll(data, 0o700) },
		ping:    func(ctx context.Context) error { return pingRedis(ctx, socket) },
		log:     o.Log,
		harsh:   o.Disposable,
	}
}

// redisURL quotes the path as go-redis reads it.
func redisURL(socket string) string {
	return (&url.URL{Scheme: "unix", Path: socket}).String()
}

// redisArgs keeps every write in the append-only file and never evicts: the queue and the sessions live there.
func redisArgs(data, socket string) []string {
	return []string{
		"--port", "0",
		"--unixsocket", socket,
		"--unixsocketperm", "700",
		"--dir", data,
		"--appendonly", "yes",
		"--appendfsync", "everysec",
		"--maxmemory-policy", "noeviction",
		"--save", "",
	}
}

func pingRedis(ctx context.Context, socket string) error {
	client := redis.NewClient(&redis.Options{Network: "unix", Addr: socket, MaxRetries: -1})
	defer client.Close()
	return client.Ping(ctx).Err()
}
