package main

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	"cloud.google.com/go/pubsub/apiv1/pubsubpb"
	"cloud.google.com/go/pubsub/pstest"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"
)

// As long as the service lets a pull wait at most.
const longestPull = 90 * time.Second

// service adds to pstest what the documentation promises of the service and pstest does not do: an acknowledgement id
// for each delivery (there it is the message's), errors for stale ones where a subscription delivers exactly once,
// the attributes of dead letters, and pulls that wait until a message comes.
type service struct {
	*pstest.GServer
	mutex      sync.Mutex
	ahead      time.Duration
	sequence   int
	deliveries map[string]*delivery       // by acknowledgement id
	last       map[string]string          // subscription and message → its newest acknowledgement id
	attempts   map[string]attempt         // message → its newest delivery by a subscription with dead letters
	pending    map[string]map[string]bool // subscription → messages that were not acknowledged
}

type delivery struct {
	subscription string
	message      string
	deadline     time.Time
}

type attempt struct {
	count        int32
	maximum      int32
	topic        string // for dead letters
	subscription string
	publishTime  time.Time
}

func newService() *service {
	server := pstest.NewServer()
	made := &service{
		GServer:    &server.GServer,
		deliveries: map[string]*delivery{},
		last:       map[string]string{},
		attempts:   map[string]attempt{},
		pending:    map[string]map[string]bool{},
	}
	server.SetTimeNowFunc(made.now)
	return made
}

func (s *service) now() time.Time {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.nowLocked()
}

func (s *service) nowLocked() time.Time {
	return time.Now().Add(s.ahead)
}

func (s *service) Pull(ctx context.Context, request *pubsubpb.PullRequest) (*pubsubpb.PullResponse, error) {
	subscription, err := s.GetSubscription(ctx, &pubsubpb.GetSubscriptionRequest{Subscription: request.Subscription})
	if err != nil {
		return nil, err
	}
	immediate := proto.Clone(request).(*pubsubpb.PullRequest)
	immediate.ReturnImmediately = true
	for end := time.Now().Add(longestPull); ; {
		response, err := s.GServer.Pull(ctx, immediate)
		if err != nil {
			return nil, err
		}
		if len(response.ReceivedMessages) > 0 || request.ReturnImmediately || !time.Now().Before(end) {
			return &pubsubpb.PullResponse{ReceivedMessages: s.deliver(subscription, response.ReceivedMessages)}, nil
		}
		select {
		case <-ctx.Done():
			return nil, status.FromContextError(ctx.Err()).Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func (s *service) deliver(from *pubsubpb.Subscription, received []*pubsubpb.ReceivedMessage) []*pubsubpb.ReceivedMessage {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	delivered := make([]*pubsubpb.ReceivedMessage, 0, len(received))
	for _, one := range received {
		message := proto.Clone(one).(*pubsubpb.ReceivedMessage)
		id := message.Message.MessageId
		s.sequence++
		message.AckId = id + ":" + strconv.Itoa(s.sequence)
		s.deliveries[message.AckId] = &delivery{
			subscription: from.Name,
			message:      id,
			deadline:     s.nowLocked().Add(time.Duration(from.AckDeadlineSeconds) * time.Second),
		}
		s.last[from.Name+" "+id] = message.AckId
		if policy := from.DeadLetterPolicy; policy != nil {
			s.attempts[id] = attempt{
				count:        message.DeliveryAttempt,
				maximum:      policy.MaxDeliveryAttempts,
				topic:        policy.DeadLetterTopic,
				subscription: from.Name,
				publishTime:  message.Message.PublishTime.AsTime(),
			}
		} else if last, ok := s.attempts[id]; ok && last.topic == from.Topic {
			addDeadLetterAttributes(message.Message, last)
		}
		delivered = append(delivered, message)
	}
	return delivered
}

// https://cloud.google.com/pubsub/docs/handling-failures#dead_letter_topic
func addDeadLetterAttributes(message *pubsubpb.PubsubMessage, last attempt) {
	if message.Attributes == nil {
		message.Attributes = map[string]string{}
	}
	message.Attributes["CloudPubSubDeadLetterSourceDeliveryCount"] = strconv.Itoa(int(last.count))
	message.Attributes["CloudPubSubDeadLetterSourceSubscription"] = last.subscription
	message.Attributes["CloudPubSubDeadLetterSourceTopicPublishTime"] = last.publishTime.UTC().Format(time.RFC3339Nano)
}

func (s *service) Acknowledge(ctx context.Context, request *pubsubpb.AcknowledgeRequest) (*emptypb.Empty, error) {
	messages, err := s.settle(ctx, request.Subscription, request.AckIds, nil)
	if len(messages) > 0 {
		valid := &pubsubpb.AcknowledgeRequest{Subscription: request.Subscription, AckIds: messages}
		if _, failed := s.GServer.Acknowledge(ctx, valid); failed != nil {
			return nil, failed
		}
	}
	return &emptypb.Empty{}, err
}

func (s *service) ModifyAckDeadline(ctx context.Context, request *pubsubpb.ModifyAckDeadlineRequest) (*emptypb.Empty, error) {
	seconds := request.AckDeadlineSeconds
	if seconds < 0 || seconds > 600 {
		return nil, status.Errorf(codes.InvalidArgument, "ack deadline must be between 0 and 600 seconds, not %d", seconds)
	}
	messages, err := s.settle(ctx, request.Subscription, request.AckIds, &seconds)
	if len(messages) > 0 {
		valid := &pubsubpb.ModifyAckDeadlineRequest{
			Subscription: request.Subscription, AckIds: messages, AckDeadlineSeconds: seconds,
		}
		if _, failed := s.GServer.ModifyAckDeadline(ctx, valid); failed != nil {
			return nil, failed
		}
	}
	return &emptypb.Empty{}, err
}

// settle gives the messages whose acknowledgement ids are still good; without seconds they are acknowledged.
func (s *service) settle(ctx context.Context, name string, ids []string, seconds *int32) ([]string, error) {
	subscription, err := s.GetSubscription(ctx, &pubsubpb.GetSubscriptionRequest{Subscription: name})
	if err != nil {
		return nil, err
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	now := s.nowLocked()
	var messages []string
	invalid := map[string]string{}
	for _, id := range ids {
		found := s.deliveries[id]
		isNewest := found != nil && found.subscription == name && s.last[name+" "+found.message] == id
		isLate := found != nil && !now.Before(found.deadline)
		if !isNewest || isLate && subscription.EnableExactlyOnceDelivery {
			invalid[id] = "PERMANENT_FAILURE_INVALID_ACK_ID"
			continue
		}
		messages = append(messages, found.message)
		if seconds == nil {
			delete(s.deliveries, id)
			delete(s.pending[name], found.message)
		} else {
			found.deadline = now.Add(time.Duration(*seconds) * time.Second)
		}
	}
	if len(invalid) == 0 || !subscription.EnableExactlyOnceDelivery {
		return messages, nil
	}
	text := fmt.Sprintf("%d acknowledgement ids are invalid or their deadline has passed", len(invalid))
	refused, err := status.New(codes.FailedPrecondition, text).WithDetails(&errdetails.ErrorInfo{
		Reason: "EXACTLY_ONCE_ACKID_FAILURE", Domain: "pubsub.googleapis.com", Metadata: invalid,
	})
	if err != nil {
		return nil, err
	}
	return messages, refused.Err()
}
