package main

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"cloud.google.com/go/pubsub/apiv1/pubsubpb"
)

const undelivered = "pubsub.googleapis.com/subscription/num_undelivered_messages"

var quoted = regexp.MustCompile(`"([^"]+)"`)

func (s *service) Publish(ctx context.Context, request *pubsubpb.PublishRequest) (*pubsubpb.PublishResponse, error) {
	response, err := s.GServer.Publish(ctx, request)
	if err != nil {
		return nil, err
	}
	subscriptions := s.subscriptionsOf(ctx, request.Topic)
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for _, id := range response.MessageIds {
		s.addPending(subscriptions, id)
	}
	return response, nil
}

func (s *service) subscriptionsOf(ctx context.Context, topic string) []string {
	response, err := s.ListTopicSubscriptions(ctx, &pubsubpb.ListTopicSubscriptionsRequest{Topic: topic})
	if err != nil {
		return nil
	}
	return response.Subscriptions
}

func (s *service) addPending(subscriptions []string, id string) {
	for _, name := range subscriptions {
		if s.pending[name] == nil {
			s.pending[name] = map[string]bool{}
		}
		s.pending[name][id] = true
	}
}

// moveDeadLetters notes what pstest has moved by itself, or is about to.
func (s *service) moveDeadLetters(ctx context.Context) {
	s.mutex.Lock()
	moved := map[string]string{}
	for id, last := range s.attempts {
		found := s.deliveries[s.last[last.subscription+" "+id]]
		if last.count < last.maximum || found == nil || s.nowLocked().Before(found.deadline) {
			continue
		}
		if s.pending[last.subscription][id] {
			delete(s.pending[last.subscription], id)
			moved[id] = last.topic
		}
	}
	s.mutex.Unlock()
	for id, topic := range moved {
		subscriptions := s.subscriptionsOf(ctx, topic)
		s.mutex.Lock()
		s.addPending(subscriptions, id)
		s.mutex.Unlock()
	}
}

// timeSeries answers as Cloud Monitoring does, at once where that takes minutes
// (https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.timeSeries/list).
func (s *service) timeSeries(writer http.ResponseWriter, request *http.Request) {
	s.moveDeadLetters(request.Context())
	project := request.PathValue("project")
	series := []any{}
	for _, match := range quoted.FindAllStringSubmatch(request.URL.Query().Get("filter"), -1) {
		name := "projects/" + project + "/subscriptions/" + match[1]
		if _, err := s.GetSubscription(request.Context(), &pubsubpb.GetSubscriptionRequest{Subscription: name}); err != nil {
			continue
		}
		s.mutex.Lock()
		count := len(s.pending[name])
		s.mutex.Unlock()
		now := time.Now().UTC().Format(time.RFC3339)
		labels := map[string]string{"project_id": project, "subscription_id": match[1]}
		series = append(series, map[string]any{
			"metric":     map[string]any{"type": undelivered},
			"resource":   map[string]any{"type": "pubsub_subscription", "labels": labels},
			"metricKind": "GAUGE",
			"valueType":  "INT64",
			"points": []any{map[string]any{
				"interval": map[string]string{"startTime": now, "endTime": now},
				"value":    map[string]string{"int64Value": strconv.Itoa(count)},
			}},
		})
	}
	writer.Header().Set("Content-Type", "application/json; charset=UTF-8")
	_ = json.NewEncoder(writer).Encode(map[string]any{"timeSeries": series, "unit": "1"})
}
