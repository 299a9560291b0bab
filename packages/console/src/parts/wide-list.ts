import type { SelectProps } from 'antd';

const within = { adjustX: true, adjustY: true, shiftX: true, shiftY: true };

/**
 * The list of a Select as wide as its words rather than as its field, and inside the screen: on a phone it is moved
 * aside, while Ant Design only turns it to the other edge of its field, which leaves the beginning of names off the screen.
 */
export const wideList: Pick<SelectProps, 'popupMatchSelectWidth' | 'builtinPlacements'> = {
  popupMatchSelectWidth: false,
  builtinPlacements: {
    bottomLeft: {
      points: ['tl', 'bl'],
      offset: [0, 4],
      overflow: within,
      htmlRegion: 'visible',
      dynamicInset: true,
    },
    bottomRight: {
      points: ['tr', 'br'],
      offset: [0, 4],
      overflow: within,
      htmlRegion: 'visible',
      dynamicInset: true,
    },
    topLeft: {
      points: ['bl', 'tl'],
      offset: [0, -4],
      overflow: within,
      htmlRegion: 'visible',
      dynamicInset: true,
    },
    topRight: {
      points: ['br', 'tr'],
      offset: [0, -4],
      overflow: within,
      htmlRegion: 'visible',
      dynamicInset: true,
    },
  },
};
