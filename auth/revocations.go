package auth

import (
	"context"
	"encoding/hex"
	"strings"
)

// What is announced: that a session or an API key is no longer good.
const (
	topicSession = "session"
	topicKey     = "key"
)

func (s *Service) channel() string { return s.cfg.KeyPrefix + "revoked" }

// announce tells all processes that something was revoked. A lost announcement means only that a process
// goes on believing its cache for the rest of its few seconds.
func (s *Service) announce(ctx context.Context, topic, id string) {
	_ = s.cfg.Redis.Publish(ctx, s.channel(), topic+" "+id).Err()
}

// followRevocations drops from the caches what any process has revoked, until ctx ends. The client
// reconnects by itself.
func (s *Service) followRevocations(ctx context.Context) {
	defer close(s.stopped)
	subscription := s.cfg.Redis.Subscribe(ctx, s.channel())
	defer func() { _ = subscription.Close() }()
	messages := subscription.Channel()
	for {
		select {
		case <-ctx.Done():
			return
		case m, open := <-messages:
			if !open {
				return
			}
			topic, id, _ := strings.Cut(m.Payload, " ")
			s.forget(topic, id)
		}
	}
}

func (s *Service) forget(topic, text string) {
	switch topic {
	case topicSession:
		var id SessionID
		if id.UnmarshalText([]byte(text)) == nil {
			s.live.Invalidate(id)
		}
	case topicKey:
		var hash KeyHash
		if len(text) != hex.EncodedLen(len(hash)) {
			return
		}
		if _, err := hex.Decode(hash[:], []byte(text)); err == nil {
			s.keys.Invalidate(hash)
		}
	}
}
